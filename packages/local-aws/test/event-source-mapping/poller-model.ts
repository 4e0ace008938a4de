import { expect } from '@jest/globals';
import fc from 'fast-check';
import { growthIntervalMs, initialConcurrency } from '../../src/services/lambda/event-source-mapping/poller-group.ts';
import type { SourceQueue } from '../../src/services/lambda/event-source-mapping/source-queue.ts';
import type { Queue } from '../../src/services/sqs/queue.ts';
import { type PendingInvocation, PolledQueue, type PolledQueueSettings } from './polled-queue.ts';

const visibilityTimeoutSeconds = 30;
const maxReceiveCount = 3;

/** What may have become of the messages by the rules alone. */
export interface Model {
  readonly sent: Set<string>;
  /** Reported as succeeded by some invocation: no other message may be deleted. */
  readonly succeeded: Set<string>;
}

export interface SystemSettings extends PolledQueueSettings {
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly maximumConcurrency: number;
  readonly throttles: boolean;
}

/** The mapping, and what a witness between it and its queue saw. */
export interface System {
  readonly settings: SystemSettings;
  readonly orders: PolledQueue;
  readonly violations: string[];
  /** Receipts that a function was given. */
  readonly passedOn: Map<string, PendingInvocation>;
  /** When each message came, the receives that became part of a batch left out. */
  readonly heldSinceMs: Map<string, number[]>;
  /** Batches that were looked at. */
  batches: number;
  /** Whether an invocation was ever throttled: its poller is busy with what nobody sees. */
  throttled: boolean;
  /** Whether this step changes the mapping, which lets its windows end early. */
  changing: boolean;
}

export type Command = fc.AsyncCommand<Model, System>;

export function startSystem(settings: SystemSettings): System {
  const violations: string[] = [];
  const heldSinceMs = new Map<string, number[]>();
  const orders: PolledQueue = new PolledQueue({
    ...settings,
    queue: { visibilityTimeoutSeconds },
    maxReceiveCount,
    source: (queue, clock) =>
      witness(queue, (messageId, receives, hiddenUntilMs) => {
        // Undefined while the mapping is being made, and polls at once.
        const state = (orders as PolledQueue | undefined)?.mapping.state ?? 'Enabled';
        if (state !== 'Enabled') violations.push(`${messageId} came while the mapping was ${state}`);
        if (clock.now() < hiddenUntilMs) violations.push(`${messageId} came while in flight`);
        if (receives > maxReceiveCount) violations.push(`${messageId} came too often`);
        heldSinceMs.set(messageId, [...(heldSinceMs.get(messageId) ?? []), clock.now()]);
        return clock.now() + visibilityTimeoutSeconds * 1000;
      }),
  });
  return {
    settings,
    orders,
    violations,
    passedOn: new Map(),
    heldSinceMs,
    batches: 0,
    throttled: false,
    changing: false,
  };
}

/** The queue, under watch. @param saw answers until when a message stays hidden now */
function witness(
  queue: Queue,
  saw: (messageId: string, receives: number, hiddenUntilMs: number) => number,
): SourceQueue {
  const hiddenUntilMs = new Map<string, number>();
  const receives = new Map<string, number>();
  return {
    name: queue.name,
    arn: queue.arn,
    visibilityTimeoutSeconds,
    waitForMessages: (signal) => queue.waitForMessages(signal),
    delete: (receiptHandle) => queue.delete(receiptHandle),
    visibleAtMs: (receiptHandle) => queue.visibleAtMs(receiptHandle),
    receive(request) {
      const received = queue.receive(request);
      for (const { messageId } of received) {
        receives.set(messageId, (receives.get(messageId) ?? 0) + 1);
        hiddenUntilMs.set(messageId, saw(messageId, receives.get(messageId)!, hiddenUntilMs.get(messageId) ?? 0));
      }
      return received;
    },
  };
}

/** Acts, lets happen what follows from it, and checks what must be true at every moment. */
async function step(model: Model, system: System, act: () => unknown): Promise<void> {
  const { settings, orders, violations, passedOn } = system;
  await act();
  await orders.settle();

  expect(orders.pending.size).toBeLessThanOrEqual(settings.maximumConcurrency);
  const { state, isChanging, model: mapping } = orders.mapping;
  if (!isChanging) expect(state).toBe(mapping.enabled ? 'Enabled' : 'Disabled');
  if (state === 'Disabled') expect(orders.pending.size).toBe(0);
  for (const invocation of orders.pending) {
    for (const handle of invocation.receiptHandles) {
      if ((passedOn.get(handle) ?? invocation) !== invocation) violations.push(`${handle} was passed on twice`);
      passedOn.set(handle, invocation);
    }
  }
  for (const { atMs, messageIds } of newBatches(system)) checkBatch(system, atMs, messageIds);
  system.changing = false;
  expect(violations).toEqual([]);
  expect(idlePollers(system)).toBe(0);

  const deleted = orders.watch.ofType('batch-ended').flatMap((event) => event.deleted);
  expect(new Set(deleted).size).toBe(deleted.length);
  expect(deleted.filter((id) => !model.succeeded.has(id))).toEqual([]);
  const { available, 'in-flight': inFlight } = orders.queue.counts;
  expect(deleted.length + available + inFlight + orders.deadLetters.counts.available).toBe(model.sent.size);
}

function newBatches(system: System) {
  const started = system.orders.watch.ofType('batch-started');
  const fresh = started.slice(system.batches);
  system.batches = started.length;
  return fresh;
}

/** No batch is larger than asked, holds a message twice, or goes before or after its time: full, or its window over. */
function checkBatch(system: System, atMs: number, messageIds: readonly string[]): void {
  const { settings, heldSinceMs, changing } = system;
  const { batchSize, windowSeconds } = settings;
  expect(new Set(messageIds).size).toBe(messageIds.length);
  expect(messageIds.length).toBeLessThanOrEqual(batchSize);
  const waitedMs = atMs - Math.min(...messageIds.map((messageId) => heldSinceMs.get(messageId)!.shift()!));
  expect(waitedMs).toBeLessThanOrEqual(windowSeconds * 1000);
  if (messageIds.length < batchSize && !changing) expect(waitedMs).toBe(windowSeconds * 1000);
}

/** Pollers, of those that run from the start, that leave visible messages where they are. */
function idlePollers({ settings, orders, throttled }: System): number {
  if (throttled || orders.mapping.state !== 'Enabled' || orders.queue.counts.available === 0) return 0;
  return Math.max(0, Math.min(initialConcurrency, settings.maximumConcurrency) - orders.pending.size);
}

/** How a function ends: for each message of its batch whether it reports it as failed, or for all of them. */
type Ending = readonly boolean[] | 'throws' | 'reports a message of another batch';

function end(invocation: PendingInvocation, ending: Ending, model: Model): void {
  if (ending === 'throws') return invocation.fail();
  if (typeof ending === 'string') return invocation.succeed({ batchItemFailures: [{ itemIdentifier: 'nobody' }] });
  const failed = invocation.messageIds.filter((_, index) => ending[index % ending.length] ?? false);
  for (const id of invocation.messageIds) if (!failed.includes(id)) model.succeeded.add(id);
  invocation.succeed({ batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) });
}

/**
 * While messages wait and all pollers are busy, there is one more every 200 ms, up to the maximum. Looked at interval
 * by interval: a message that comes back at the very end of a longer time has not waited for it.
 */
async function advance(system: System, ms: number): Promise<void> {
  const { pending, clock, queue } = system.orders;
  let leftMs = ms;
  while (leftMs >= growthIntervalMs && hasToGrow(system)) {
    const pollers = pending.size;
    await clock.advance(growthIntervalMs);
    leftMs -= growthIntervalMs;
    if (queue.counts.available > 0) expect(pending.size).toBeGreaterThan(pollers);
  }
  await clock.advance(leftMs);
}

function hasToGrow({ settings, orders: { mapping, queue, pending }, throttled }: System): boolean {
  const isWaiting = mapping.state === 'Enabled' && queue.counts.available > 0;
  return !throttled && isWaiting && pending.size > 0 && pending.size < settings.maximumConcurrency;
}

function change(system: System, enabled: boolean): void {
  const { mapping } = system.orders;
  // While a change is under way, AWS refuses another.
  if (mapping.isChanging) return;
  system.changing = true;
  mapping.update({ ...mapping.model, enabled }).catch((error: unknown) => system.violations.push(String(error)));
}

/** Ends whatever runs, and goes on until the queue is empty: deleted or in the dead-letter queue. */
export async function runToTheEnd(model: Model, system: System): Promise<void> {
  const { orders } = system;
  orders.throttling = false;
  for (let round = 0; !orders.mapping.model.enabled && round < 2; round += 1) {
    await step(model, system, () => {
      for (const invocation of orders.pending) end(invocation, 'throws', model);
    });
    await step(model, system, () => change(system, true));
  }
  const isEmpty = () => orders.queue.counts.available + orders.queue.counts['in-flight'] === 0;
  for (let round = 0; !isEmpty() && round < 500; round += 1) {
    await step(model, system, () => {
      for (const invocation of orders.pending) end(invocation, [round % 2 === 0, false], model);
    });
    await step(model, system, () => orders.clock.advance(1_000));
  }
  expect(isEmpty()).toBe(true);
}

function command(name: string, act: (model: Model, system: System) => unknown): Command {
  return {
    check: () => true,
    run: (model, system) => step(model, system, () => act(model, system)),
    toString: () => name,
  };
}

export const commands: fc.Arbitrary<Command>[] = [
  fc.integer({ min: 1, max: 12 }).map((count) =>
    command(`send ${count}`, (model, { orders }) => {
      for (const id of orders.send(...Array.from({ length: count }, () => 'order'))) model.sent.add(id);
    }),
  ),
  fc.integer({ min: 100, max: 40_000 }).map((ms) => command(`advance ${ms} ms`, (_, system) => advance(system, ms))),
  fc.boolean().map((throttling) =>
    command(`throttling: ${throttling}`, (_, system) => {
      if (!system.settings.throttles) return;
      system.orders.throttling = throttling;
      system.throttled ||= throttling;
    }),
  ),
  fc
    .boolean()
    .map((enabled) =>
      command(`change the mapping, ${enabled ? 'enabled' : 'disabled'}`, (_, system) => change(system, enabled)),
    ),
  fc
    .tuple(
      fc.nat(10),
      fc.oneof(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
        fc.constant<Ending>('throws'),
        fc.constant<Ending>('reports a message of another batch'),
      ),
    )
    .map(([which, ending]) =>
      command(`function ${which} ends: ${JSON.stringify(ending)}`, (model, { orders }) => {
        const running = [...orders.pending];
        const invocation = running[which % Math.max(running.length, 1)];
        if (invocation !== undefined) end(invocation, ending, model);
      }),
    ),
];
