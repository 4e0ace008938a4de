import type { Clock } from '../clock.ts';
import type { EventStream } from '../events.ts';
import type { MappingModel } from '../model.ts';
import { parsePatterns } from './filter-pattern.ts';
import { filteredQueue } from './filtered-queue.ts';
import { PollerGroup } from './poller-group.ts';
import type { SourceQueue } from './source-queue.ts';
import type { Invoke } from './deliver.ts';

/** As `GetEventSourceMapping` answers it. `Creating` and `Deleting` pass within one turn here and are never seen. */
export type MappingState = 'Enabled' | 'Disabling' | 'Disabled' | 'Updating';

export interface MappingEnvironment {
  readonly queue: SourceQueue;
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  /**
   * False: pollers gather one after the other, so that batches are as full as they can be. True: all at once, as AWS's
   * fleet does, so that one burst is split over several function instances.
   */
  readonly gatherInParallel: boolean;
}

/**
 * One `AWS::Lambda::EventSourceMapping`, running.
 *
 *     start ──► Enabled ──disable──► Disabling ──batches end──► Disabled ──enable──► Enabled
 *                  └────update────► Updating ──batches end──► Enabled
 *
 * A change stops the running pollers first: they deliver what they hold, wait for their functions, and end. Only then
 * do new ones start with the new settings, so that the concurrency limit holds across the change.
 */
export class EventSourceMapping {
  #model: MappingModel;
  #state: MappingState = 'Disabled';
  #lastModifiedMs: number;
  #pollers: PollerGroup | undefined;
  #changes: Promise<void> = Promise.resolve();
  readonly #environment: MappingEnvironment;

  constructor(model: MappingModel, environment: MappingEnvironment) {
    this.#model = model;
    this.#environment = environment;
    this.#lastModifiedMs = environment.clock.now();
    if (model.enabled) this.#start();
  }

  get model(): MappingModel {
    return this.#model;
  }

  get state(): MappingState {
    return this.#state;
  }

  get lastModifiedMs(): number {
    return this.#lastModifiedMs;
  }

  /** Messages received and not yet settled: gathered for a batch or with a function. */
  get messagesHeld(): number {
    return this.#pollers?.messagesHeld ?? 0;
  }

  /** Takes on new settings. Resolves when they are in force; `state` says what is going on until then. */
  update(model: MappingModel): Promise<void> {
    this.#model = model;
    this.#lastModifiedMs = this.#environment.clock.now();
    this.#state = model.enabled ? 'Updating' : 'Disabling';
    this.#changes = this.#changes.then(async () => {
      await this.#stop();
      if (this.#model.enabled) this.#start();
    });
    return this.#changes;
  }

  /** Stops polling; resolves when the batches in progress have ended. */
  async close(): Promise<void> {
    await this.#changes;
    await this.#stop();
  }

  #start(): void {
    const { queue, clock, events } = this.#environment;
    const { uuid, functionName, filterPatterns } = this.#model;
    const source = filteredQueue(queue, parsePatterns(filterPatterns), (messages) =>
      events.emit({
        type: 'messages-filtered',
        atMs: clock.now(),
        mappingId: uuid,
        queueName: queue.name,
        functionName,
        messageIds: messages.map(({ messageId }) => messageId),
      }),
    );
    this.#pollers = new PollerGroup(this.#model, { ...this.#environment, queue: source });
    this.#state = 'Enabled';
  }

  async #stop(): Promise<void> {
    await this.#pollers?.stop();
    this.#pollers = undefined;
    this.#state = 'Disabled';
  }
}
