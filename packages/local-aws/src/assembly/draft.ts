import { assemblyError } from './error-codes.ts';
import type { Declared, LimitedResource, SkippedResource } from './model.ts';

/** What the stacks declare, while they are read one after the other. Each service makes its part of the model of it. */
export class Draft {
  readonly #skipped: SkippedResource[] = [];
  readonly #limited: LimitedResource[] = [];

  add<Item>(list: ResourceList<Item>, item: Item): void {
    list.in(this).push(item);
  }

  /** In the order in which the stacks declare them. */
  all<Item>(list: ResourceList<Item>): readonly Item[] {
    return list.in(this);
  }

  /** For a resource that does not run here: the person at the terminal is told why. */
  skip(resource: SkippedResource): void {
    this.#skipped.push(resource);
  }

  get skipped(): readonly SkippedResource[] {
    return this.#skipped;
  }

  /** For a resource that is served, but not in all that it does on AWS. */
  limit(resource: LimitedResource): void {
    this.#limited.push(resource);
  }

  get limited(): readonly LimitedResource[] {
    return this.#limited;
  }
}

/**
 * One list of what resource types declare: `declaredQueues`, `declaredRoles`. The service that owns the list exports it,
 * so that other services can read it too. Each draft has items of its own.
 */
export class ResourceList<Item> {
  readonly #items = new WeakMap<Draft, Item[]>();

  in(draft: Draft): Item[] {
    const items = this.#items.get(draft) ?? [];
    this.#items.set(draft, items);
    return items;
  }
}

/**
 * Names are unique in an account and region: the second of two resources with the same name could not be created.
 *
 * @param kind for the message: `queues`
 */
export function refuseSameNames(kind: string, resources: readonly (Declared & { readonly name: string })[]): void {
  const seen = new Set<string>();
  for (const { name, stack, logicalId } of resources) {
    if (seen.has(name)) {
      throw assemblyError(
        'DUPLICATE_NAME',
        `Two ${kind} are named ${name}.`,
        'Give one of them another name, or none, so that a name is generated.',
        { stack, logicalId },
      );
    }
    seen.add(name);
  }
}
