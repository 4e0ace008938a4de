import type { MappingModel } from '../model.ts';
import { deliver } from './deliver.ts';
import type { MappingEnvironment } from './event-source-mapping.ts';
import { gather } from './gather.ts';
import { concurrencyLimit, growthIntervalMs, startConcurrency } from './scaling.ts';
import type { SourceMessage } from './source-queue.ts';

/**
 * The pollers of one mapping. Each takes one batch at a time through
 *
 *     waiting ──first message──► gathering ──full, window over, 6 MB──► delivering ──settled──► waiting
 *
 * and holds at most one invocation, so the number of pollers is the mapping's concurrency: it begins at five and grows
 * while every poller is busy (scaling.ts). At the limit nothing is received: messages wait in the queue, visible.
 */
export class PollerGroup {
  readonly #model: MappingModel;
  readonly #environment: MappingEnvironment;
  readonly #stopping = new AbortController();
  readonly #pollers = new Set<Promise<void>>();
  #delivering = 0;
  #messagesHeld = 0;
  #gatherTurn: Promise<void> = Promise.resolve();
  #cancelGrowth: (() => void) | undefined;

  constructor(model: MappingModel, environment: MappingEnvironment) {
    this.#model = model;
    this.#environment = environment;
    for (let count = 0; count < startConcurrency(model); count += 1) this.#addPoller();
  }

  get messagesHeld(): number {
    return this.#messagesHeld;
  }

  /** Lets every poller deliver what it holds and waits for it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancelGrowth?.();
    await Promise.all(this.#pollers);
  }

  #addPoller(): void {
    const poller = this.#poll().finally(() => this.#pollers.delete(poller));
    this.#pollers.add(poller);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    let carried: readonly SourceMessage[] = [];
    while (!signal.aborted || carried.length > 0) {
      const { batch, leftOver } = await this.#gather(carried);
      if (batch.messages.length === 0) continue;
      this.#messagesHeld += batch.messages.length;
      this.#delivering += 1;
      this.#growWhileBusy();
      await deliver(batch, this.#model, this.#environment, signal);
      this.#delivering -= 1;
      this.#messagesHeld -= batch.messages.length;
      carried = leftOver;
    }
  }

  async #gather(carried: readonly SourceMessage[]): ReturnType<typeof gather> {
    const { queue, clock, region, gatherInParallel } = this.#environment;
    const start = () => gather(queue, { ...this.#model, region }, clock, this.#stopping.signal, carried);
    if (gatherInParallel) return start();
    const turn = Promise.withResolvers<void>();
    const previousTurn = this.#gatherTurn;
    this.#gatherTurn = turn.promise;
    await previousTurn;
    return start().finally(turn.resolve);
  }

  #growWhileBusy(): void {
    const busy = () => this.#delivering === this.#pollers.size && this.#pollers.size < concurrencyLimit(this.#model);
    if (this.#cancelGrowth !== undefined || !busy()) return;
    this.#cancelGrowth = this.#environment.clock.after(growthIntervalMs, () => {
      this.#cancelGrowth = undefined;
      if (this.#stopping.signal.aborted || !busy()) return;
      this.#addPoller();
      this.#growWhileBusy();
    });
  }
}
