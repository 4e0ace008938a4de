import type { LocalModel } from '../model.ts';

export interface ConsoleLabels {
  readonly functionLabel: (functionName: string) => string;
  readonly queueLabel: (queueName: string) => string;
}

/** Names short enough for a terminal: from logical ids where CloudFormation made up the physical name. */
export function consoleLabels(model: LocalModel): ConsoleLabels {
  const functions = new Map(
    model.functions.map(({ name, logicalId, stack }) => [name, shortName(name, logicalId, stack)]),
  );
  const queues = new Map(model.queues.map(({ name, logicalId, stack }) => [name, shortName(name, logicalId, stack)]));
  return {
    functionLabel: (name) => functions.get(name) ?? name,
    queueLabel: (name) => queues.get(name) ?? name,
  };
}

function shortName(name: string, logicalId: string, stack: string): string {
  const isGenerated =
    name.startsWith(`${stack}-${logicalId}`.slice(0, stack.length + 8)) && /-[0-9A-Z]{12}$/.test(name);
  if (!isGenerated) return name.startsWith(`${stack}-`) ? name.slice(stack.length + 1) : name;
  const words = logicalId
    // CDK appends eight hex digits to a construct's path.
    .replace(/[0-9A-F]{8}$/, '')
    .replace(/(Function|Lambda|Fn|Queue|Resource)+$/, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
  return words === '' ? logicalId : words;
}
