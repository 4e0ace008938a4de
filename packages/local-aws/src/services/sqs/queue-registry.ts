import type { Clock } from '../../clock.ts';
import type { EventStream } from '../../events.ts';
import type { QueueModel } from './model.ts';
import { type QueueSettings, settingsOf } from './queue-settings.ts';
import { Queue } from './queue.ts';

import { queueDeletedRecently, queueDoesNotExist } from './sqs-errors.ts';
import { seededHandOut } from './standard-shelf.ts';

export interface RegistryOptions {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  readonly accountId: string;
  /** How long after a DeleteQueue a name is taken. Default: 60 s, as on AWS (API reference of DeleteQueue). */
  readonly sameNameAfterMs?: number;
  readonly handOut?: { readonly seed: number } | undefined;
}

/** All queues of the account and region: those of the template and those that clients create. */
export class QueueRegistry {
  readonly #options: RegistryOptions;
  readonly #queues = new Map<string, Queue>();
  /** The template's queues as last applied, by name. */
  #models = new Map<string, QueueModel>();
  readonly #deletedAtMs = new Map<string, number>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** By name, in the order of the alphabet. */
  all(): Queue[] {
    return [...this.#queues.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  byName(name: string): Queue | undefined {
    return this.#queues.get(name);
  }

  byArn(arn: string): Queue | undefined {
    const queue = this.#queues.get(arn.slice(arn.lastIndexOf(':') + 1));
    return queue?.arn === arn ? queue : undefined;
  }

  /** Throws `QueueDoesNotExist`. */
  require(name: string): Queue {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.#options.region}:${this.#options.accountId}:${name}`;
  }

  /** Queues whose dead letters go to `target`. */
  sourcesOf(target: Queue): Queue[] {
    return this.all().filter((queue) => queue.settings.redrivePolicy?.deadLetterTargetArn === target.arn);
  }

  /** Throws `QueueDeletedRecently` within `sameNameAfterMs` after a queue of that name was deleted. */
  create(name: string, settings: QueueSettings, tags: Readonly<Record<string, string>>): Queue {
    const { clock, sameNameAfterMs = 60_000 } = this.#options;
    const deletedAtMs = this.#deletedAtMs.get(name);
    if (deletedAtMs !== undefined && clock.now() - deletedAtMs < sameNameAfterMs) throw queueDeletedRecently();
    this.#deletedAtMs.delete(name);
    return this.#add({ name, arn: this.arnOf(name), fifo: name.endsWith('.fifo'), tags }, settings);
  }

  delete(queue: Queue): void {
    this.#queues.delete(queue.name);
    this.#deletedAtMs.set(queue.name, this.#options.clock.now());
    queue.close();
  }

  /**
   * Applies the template's queues: new ones appear, removed ones go, changed ones change and keep their messages.
   * What clients created or set stays, unless the template changed the same queue since it was last applied.
   */
  applyTemplate(models: readonly QueueModel[]): void {
    const next = new Map(models.map((model) => [model.name, model]));
    for (const name of this.#models.keys()) {
      const queue = this.#queues.get(name);
      const model = next.get(name);
      if (queue !== undefined && (model === undefined || model.arn !== queue.arn || model.fifo !== queue.fifo)) {
        queue.close();
        this.#queues.delete(name);
      }
    }
    for (const model of models) {
      const queue = this.#queues.get(model.name);
      if (queue === undefined) this.#add(model, settingsOf(model));
      else if (JSON.stringify(model) !== JSON.stringify(this.#models.get(model.name))) {
        queue.tags = model.tags;
        queue.configure(settingsOf(model));
      }
    }
    this.#models = next;
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  #add(
    identity: { name: string; arn: string; fifo: boolean; tags: Readonly<Record<string, string>> },
    settings: QueueSettings,
  ): Queue {
    const { clock, events, handOut } = this.#options;
    const queue = new Queue(identity, settings, {
      clock,
      events,
      handOut: handOut === undefined ? undefined : seededHandOut(handOut.seed, identity.name),
      findQueue: (arn) => this.byArn(arn),
    });
    this.#queues.set(identity.name, queue);
    return queue;
  }
}
