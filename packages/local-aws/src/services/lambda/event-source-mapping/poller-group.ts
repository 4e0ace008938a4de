import type { MappingModel } from '../model.ts';
import type { Carried } from './batch-builder.ts';
import { deliver, type MappingContext } from './deliver.ts';
import { gather, type Gathered } from './gather.ts';
import type { SourceMessage, SourceQueue } from './source-queue.ts';

/**
 * The pollers of one mapping. Each takes one batch at a time through
 *
 *     waiting ──first message──► gathering ──full, window over, 6 MB──► delivering ──settled──► waiting
 *
 * and holds at most one invocation, so the number of pollers is the mapping's concurrency: it begins at five and grows
 * while every poller is busy. At the limit nothing is received: messages wait in the queue, visible.
 */
export class PollerGroup {
  readonly #model: MappingModel;
  readonly #context: MappingContext;
  readonly #stopping = new AbortController();
  readonly #pollers = new Set<Promise<void>>();
  #delivering = 0;
  #gatherTurn: Promise<void> = Promise.resolve();
  #cancelGrowth: (() => void) | undefined;
  #dropsHeld = false;

  constructor(model: MappingModel, context: MappingContext) {
    this.#model = model;
    this.#context = context;
    for (let count = 0; count < startConcurrency(model); count += 1) this.#addPoller();
  }

  /** Lets every poller deliver what it holds and waits for it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancelGrowth?.();
    await Promise.all(this.#pollers);
  }

  /** As `stop`, but messages that no function has been given yet are left to their visibility timeout. */
  async abandon(): Promise<void> {
    this.#dropsHeld = true;
    await this.stop();
  }

  #addPoller(): void {
    const poller = this.#poll().finally(() => this.#pollers.delete(poller));
    this.#pollers.add(poller);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    const { queue, clock } = this.#context;
    let carried: Carried | undefined;
    while (!signal.aborted || carried !== undefined) {
      const { batch, leftOver } = await this.#gather(carried);
      if (this.#dropsHeld) return;
      carried = undefined;
      if (batch.messages.length === 0) continue;
      this.#delivering += 1;
      this.#growWhileBusy();
      const kept = await deliver(batch, this.#model, this.#context, signal);
      this.#delivering -= 1;
      carried = leftOver && stillToDeliver(leftOver, kept, queue, clock.now());
    }
  }

  /** Pollers take turns. A poller that carries messages does not wait: their visibility timeout runs. */
  async #gather(carried: Carried | undefined): Promise<Gathered> {
    const { queue, clock, region, gatherInParallel } = this.#context;
    const start = () => gather(queue, { ...this.#model, region }, clock, this.#stopping.signal, carried);
    if (gatherInParallel || carried !== undefined) return start();
    const turn = Promise.withResolvers<void>();
    const previousTurn = this.#gatherTurn;
    this.#gatherTurn = turn.promise;
    await previousTurn;
    return start().finally(turn.resolve);
  }

  #growWhileBusy(): void {
    const busy = () => this.#delivering === this.#pollers.size && this.#pollers.size < concurrencyLimit(this.#model);
    if (this.#cancelGrowth !== undefined || !busy()) return;
    this.#cancelGrowth = this.#context.clock.after(growthIntervalMs, () => {
      this.#cancelGrowth = undefined;
      if (this.#stopping.signal.aborted || !busy()) return;
      this.#addPoller();
      this.#growWhileBusy();
    });
  }
}

/**
 * How many batches of one mapping may be in progress at a time (Lambda Developer Guide, "Configuring scaling behavior
 * for SQS event source mappings"): five at first, 300 more a minute while messages wait, up to 1,250, or up to the
 * mapping's MaximumConcurrency.
 */
export const initialConcurrency = 5;
export const growthIntervalMs = 60_000 / 300;
const serviceMaximumConcurrency = 1_250;

/**
 * Processes a laptop can carry at once for a mapping that sets no maximum. AWS has no such bound;
 * packages/local-aws/docs/fidelity.md names it.
 */
export const localCeiling = 20;

/** The mapping's `ScalingConfig`: 2 to 1,000, or none. */
interface ScalingSettings {
  readonly maximumConcurrency?: number | undefined;
}

/** Batches at a time that a mapping grows to at most. */
function concurrencyLimit({ maximumConcurrency }: ScalingSettings): number {
  return Math.min(maximumConcurrency ?? localCeiling, serviceMaximumConcurrency);
}

/** Batches at a time that a mapping begins with. */
function startConcurrency(settings: ScalingSettings): number {
  return Math.min(initialConcurrency, concurrencyLimit(settings));
}

/**
 * The carried messages with which the next batch may begin. When their visibility timeout has ended it is none of them,
 * because others may have received them. On a FIFO queue the groups of `kept`, the messages that the batch before left in
 * the queue, are left out: a kept message comes back first, and the others of its group after it.
 */
function stillToDeliver(
  carried: Carried,
  kept: readonly SourceMessage[],
  queue: Pick<SourceQueue, 'arn' | 'visibilityTimeoutSeconds'>,
  nowMs: number,
): Carried | undefined {
  if (nowMs >= carried.receivedAtMs + queue.visibilityTimeoutSeconds * 1000) return undefined;
  if (!queue.arn.endsWith('.fifo')) return carried;
  const keptGroups = new Set(kept.map(groupOf));
  const messages = carried.messages.filter((message) => !keptGroups.has(groupOf(message)));
  return messages.length === 0 ? undefined : { ...carried, messages };
}

function groupOf({ attributes }: SourceMessage): string | undefined {
  return attributes['MessageGroupId'];
}
