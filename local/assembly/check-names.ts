import type { StackModel } from '../model.ts';
import type { Draft } from './draft.ts';
import { assemblyError } from './error-codes.ts';

/** Names are unique in an account and region; a second resource of the same name could not be created. */
export function checkNames(stacks: readonly StackModel[], draft: Draft): void {
  const named: Readonly<Record<string, readonly Named[]>> = {
    stacks: stacks.map(({ name }) => ({ name, stack: name, logicalId: name })),
    queues: draft.queues,
    functions: draft.functions,
    roles: draft.roles,
    'log groups': draft.logGroups,
    tables: draft.tables,
  };
  for (const [kind, resources] of Object.entries(named)) {
    const second = firstDuplicate(resources);
    if (second !== undefined) throw taken(kind, second);
  }
}

interface Named {
  readonly name: string;
  readonly stack: string;
  readonly logicalId: string;
}

function firstDuplicate(all: readonly Named[]): Named | undefined {
  const seen = new Set<string>();
  return all.find(({ name }) => seen.has(name) || (seen.add(name), false));
}

function taken(kind: string, { name, stack, logicalId }: Named): Error {
  return assemblyError(
    'DUPLICATE_NAME',
    `Two ${kind} are named ${name}.`,
    'Give one of them another name, or none, so that a name is generated.',
    { stack, logicalId },
  );
}
