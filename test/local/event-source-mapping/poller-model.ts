import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Queue } from '../../../local/sqs/queue.ts';
import type { SourceQueue } from '../../../local/event-source-mapping/source-queue.ts';
import { type PendingInvocation, PolledQueue, type PolledQueueSettings } from './polled-queue.ts';

export const visibilityTimeoutSeconds = 30;
export const maxReceiveCount = 3;

/** What may have become of the messages by the rules alone. */
export interface Model {
  readonly sent: Set<string>;
  /** Reported as succeeded by some invocation: no other message may be deleted. */
  readonly succeeded: Set<string>;
}

/** The mapping, and what a witness between it and its queue saw. */
export interface System {
  readonly orders: PolledQueue;
  readonly maximumConcurrency: number;
  readonly violations: string[];
  /** Receipts that a function was given. */
  readonly passedOn: Map<string, PendingInvocation>;
}

export type Command = fc.AsyncCommand<Model, System>;

export function startSystem(settings: PolledQueueSettings, maximumConcurrency: number): System {
  const violations: string[] = [];
  const orders = new PolledQueue({
    ...settings,
    queue: { visibilityTimeoutSeconds },
    maxReceiveCount,
    source: (queue, clock) => witness(queue, () => clock.now(), violations),
  });
  return { orders, maximumConcurrency, violations, passedOn: new Map() };
}

/** The queue, under watch: a message may be handed out again only when its visibility timeout has passed. */
function witness(queue: Queue, now: () => number, violations: string[]): SourceQueue {
  const invisibleUntilMs = new Map<string, number>();
  const receives = new Map<string, number>();
  return {
    name: queue.name,
    arn: queue.arn,
    visibilityTimeoutSeconds,
    waitForMessages: (signal) => queue.waitForMessages(signal),
    delete: (receiptHandle) => queue.delete(receiptHandle),
    receive(request) {
      const received = queue.receive(request);
      for (const { messageId } of received) {
        if (now() < (invisibleUntilMs.get(messageId) ?? 0)) violations.push(`${messageId} came while in flight`);
        invisibleUntilMs.set(messageId, now() + visibilityTimeoutSeconds * 1000);
        receives.set(messageId, (receives.get(messageId) ?? 0) + 1);
        if ((receives.get(messageId) ?? 0) > maxReceiveCount) violations.push(`${messageId} came too often`);
      }
      return received;
    },
  };
}

/** Acts, lets happen what follows from it, and checks what must be true at every moment. */
async function step(model: Model, system: System, act: () => unknown): Promise<void> {
  const { orders, maximumConcurrency, violations, passedOn } = system;
  await act();
  await orders.settle();

  expect(orders.pending.size).toBeLessThanOrEqual(maximumConcurrency);
  for (const invocation of orders.pending) {
    for (const handle of invocation.receiptHandles) {
      if ((passedOn.get(handle) ?? invocation) !== invocation) violations.push(`${handle} was passed on twice`);
      passedOn.set(handle, invocation);
    }
  }
  expect(violations).toEqual([]);

  const deleted = orders.watch.ofType('batch-ended').flatMap((event) => event.deleted);
  expect(new Set(deleted).size).toBe(deleted.length);
  expect(deleted.filter((id) => !model.succeeded.has(id))).toEqual([]);
  const { available, 'in-flight': inFlight } = orders.queue.counts;
  expect(deleted.length + available + inFlight + orders.deadLetters.counts.available).toBe(model.sent.size);
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

/** Ends whatever runs, and goes on until the queue is empty: deleted or in the dead-letter queue. */
export async function runToTheEnd(model: Model, system: System): Promise<void> {
  const { orders } = system;
  orders.throttling = false;
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
  fc
    .integer({ min: 100, max: 40_000 })
    .map((ms) => command(`advance ${ms} ms`, (_, { orders }) => orders.clock.advance(ms))),
  fc.boolean().map((throttling) =>
    command(`throttling: ${throttling}`, (_, { orders }) => {
      orders.throttling = throttling;
    }),
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
