import { afterEach, describe, expect, test } from '@jest/globals';
import { serviceQueue } from '../../src/services/lambda/event-source-mapping/source-queue.ts';
import type { Queue } from '../../src/services/sqs/queue.ts';
import { type PendingInvocation, PolledQueue, type PolledQueueSettings } from './polled-queue.ts';

const open: PolledQueue[] = [];

function polled(settings: PolledQueueSettings = {}): PolledQueue {
  const queue = new PolledQueue(settings);
  open.push(queue);
  return queue;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((queue) => queue.close()));
});

describe('messages that the function deleted itself', () => {
  const nothing = { deleted: [], kept: [] };

  test.each<[string, (invocation: PendingInvocation | undefined) => void]>([
    ['that succeeded', (invocation) => invocation?.succeed()],
    ['that failed', (invocation) => invocation?.fail()],
    [
      'that reported them',
      (invocation) =>
        invocation?.succeed({ batchItemFailures: invocation.messageIds.map((itemIdentifier) => ({ itemIdentifier })) }),
    ],
  ])('do not stay for a function %s', async (_how, end) => {
    const orders = polled();
    const ids = orders.send('a', 'b');
    await orders.settle();
    const [invocation] = orders.pending;
    for (const handle of invocation?.receiptHandles ?? []) orders.queue.delete(handle);
    end(invocation);
    await orders.settle();
    expect(orders.watch.ofType('batch-ended')).toEqual([
      expect.not.objectContaining({ reason: expect.anything() as unknown }),
    ]);
    expect(orders.watch.ofType('batch-ended')).toMatchObject([{ ...nothing, gone: ids }]);
  });

  test('are gone too when the queue is deleted and made anew meanwhile', async () => {
    let current: Queue | undefined;
    const orders = polled({
      source: (queue, clock) => serviceQueue(queue.arn, () => (current ??= queue), clock),
    });
    const ids = orders.send('a');
    await orders.settle();
    const [invocation] = orders.pending;
    current = orders.deadLetters;
    invocation?.succeed();
    await orders.settle();
    expect(orders.watch.ofType('batch-ended')).toMatchObject([{ ...nothing, gone: ids }]);
  });
});

describe('a batch that outlives its visibility timeout', () => {
  test('deletes nothing that was received again meanwhile', async () => {
    const orders = polled({ queue: { visibilityTimeoutSeconds: 30 } });
    const ids = orders.send('a');
    await orders.clock.advance(30_000);
    const [first, second] = orders.pending;
    expect([first?.messageIds, second?.messageIds]).toEqual([ids, ids]);
    expect(first?.receiptHandles).not.toEqual(second?.receiptHandles);
    first?.succeed();
    await orders.settle();
    expect(orders.watch.ofType('batch-ended')).toMatchObject([
      { deleted: [], kept: ids, reason: 'the function took longer than the visibility timeout, so they come again' },
    ]);
    second?.succeed();
    await orders.settle();
    expect(orders.queue.counts).toMatchObject({ available: 0, 'in-flight': 0 });
  });

  test('calls no message hidden that the function made visible and another batch received', async () => {
    const orders = polled({ queue: { visibilityTimeoutSeconds: 60 } });
    const ids = orders.send('bad');
    await orders.settle();
    const [first] = orders.pending;
    orders.queue.changeVisibility(first?.receiptHandles[0] ?? '', 0);
    await orders.clock.advance(1_000);
    expect([...orders.pending]).toHaveLength(2);
    first?.succeed({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
    await orders.settle();
    const [ended] = orders.watch.ofType('batch-ended');
    expect(ended).toMatchObject({ kept: ids });
    expect(ended?.comeBackAtMs?.[0]).toBeLessThanOrEqual(ended?.atMs ?? 0);
  });

  test('does not say that messages come again which the function deleted itself', async () => {
    const orders = polled({ queue: { visibilityTimeoutSeconds: 30 } });
    const [own = '', late = ''] = orders.send('own', 'late');
    await orders.settle();
    const [first] = orders.pending;
    orders.queue.delete(first?.receiptHandles[0] ?? '');
    await orders.clock.advance(30_000);
    first?.succeed();
    await orders.settle();
    expect(orders.watch.ofType('batch-ended')).toMatchObject([
      { deleted: [], gone: [own], kept: [late], reason: expect.stringContaining('come again') as unknown },
    ]);
  });

  test('in its window already holds each message once, under its newest receipt', async () => {
    const orders = polled({ mapping: { windowSeconds: 100 }, queue: { visibilityTimeoutSeconds: 30 } });
    const ids = orders.send('a', 'b');
    await orders.clock.advance(100_000);
    const [invocation] = orders.pending;
    expect(invocation?.messageIds.toSorted()).toEqual(ids.toSorted());
    invocation?.succeed();
    await orders.settle();
    expect(orders.watch.ofType('batch-ended')[0]?.deleted.toSorted()).toEqual(ids.toSorted());
  });

  test('does not deliver what the payload limit left over: it comes from the queue again', async () => {
    const orders = polled({ queue: { visibilityTimeoutSeconds: 30 }, mapping: { maximumConcurrency: 2 } });
    const ids = orders.send(...Array.from({ length: 6 }, () => 'x'.repeat(2 ** 20)));
    await orders.settle();
    const [first] = orders.pending;
    expect(first?.messageIds).toEqual(ids.slice(0, 5));
    await orders.clock.advance(30_000);
    const [, second] = orders.pending;
    expect(second?.messageIds).toHaveLength(5);
    first?.succeed();
    await orders.settle();
    expect([...orders.pending]).toEqual([second]);

    second?.succeed();
    await orders.settle();
    const [last] = orders.pending;
    expect([...(second?.messageIds ?? []), ...(last?.messageIds ?? [])].toSorted()).toEqual(ids.toSorted());
    last?.succeed();
    await orders.settle();
    expect(orders.queue.counts).toMatchObject({ available: 0, 'in-flight': 0 });
  });
});
