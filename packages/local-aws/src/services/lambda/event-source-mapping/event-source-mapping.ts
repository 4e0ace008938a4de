import type { MappingModel } from '../model.ts';
import type { MappingContext } from './deliver.ts';
import { filteredQueue, parsePatterns } from './filter.ts';
import { PollerGroup } from './poller-group.ts';

/** As `GetEventSourceMapping` answers it. `Creating` and `Deleting` pass within one turn here and are never seen. */
export type MappingState = 'Enabling' | 'Enabled' | 'Disabling' | 'Disabled' | 'Updating';

/**
 * One `AWS::Lambda::EventSourceMapping`, running.
 *
 *     start ──► Enabled ──disable──► Disabling ──batches end──► Disabled ──enable──► Enabling ──► Enabled
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
  #abandoned = false;
  readonly #context: MappingContext;

  constructor(model: MappingModel, context: MappingContext) {
    this.#model = model;
    this.#context = context;
    this.#lastModifiedMs = context.clock.now();
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

  /** Whether a change is under way; on AWS another one is then refused. */
  get isChanging(): boolean {
    return this.#state !== 'Enabled' && this.#state !== 'Disabled';
  }

  /** Takes on new settings. Resolves when they are in force; `state` says what is going on until then. */
  update(model: MappingModel): Promise<void> {
    this.#state = transition(this.#model.enabled, model.enabled);
    this.#model = model;
    this.#lastModifiedMs = this.#context.clock.now();
    this.#changes = this.#changes.then(async () => {
      await this.#stop();
      if (this.#model.enabled && !this.#abandoned) this.#start();
    });
    return this.#changes;
  }

  /** Stops polling; resolves when what was received has been through the function. */
  async close(): Promise<void> {
    await this.#changes;
    await this.#stop();
  }

  /** Stops polling and gives the function nothing more; resolves when the batches it has been given have ended. */
  async abandon(): Promise<void> {
    this.#abandoned = true;
    await this.#pollers?.abandon();
    await this.#changes;
  }

  #start(): void {
    const { queue, clock, events } = this.#context;
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
    this.#pollers = new PollerGroup(this.#model, { ...this.#context, queue: source });
    this.#state = 'Enabled';
  }

  async #stop(): Promise<void> {
    await this.#pollers?.stop();
    this.#pollers = undefined;
    this.#state = 'Disabled';
  }
}

function transition(from: boolean, to: boolean): MappingState {
  if (from === to) return 'Updating';
  return to ? 'Enabling' : 'Disabling';
}
