import type { StackModel } from '../model.ts';
import type { Draft } from './draft.ts';
import { assemblyError } from './error-codes.ts';

/** Names are unique in an account and region; a second resource of the same name could not be created. */
export function checkNames(stacks: readonly StackModel[], draft: Draft): void {
  const duplicate = firstDuplicate(stacks.map(({ name }) => ({ name, stack: name, logicalId: name })));
  if (duplicate !== undefined) throw taken('stack', duplicate);
  for (const kind of ['queues', 'functions', 'roles', 'logGroups'] as const) {
    const second = firstDuplicate(draft[kind]);
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
    'DuplicateName',
    `Two of the ${kind} are named ${name}.`,
    'Give one of them another name, or none, so that a name is generated.',
    { stack, logicalId },
  );
}
