import { afterEach, describe, expect, test } from '@jest/globals';
import { localCeiling } from '../../src/services/lambda/event-source-mapping/poller-group.ts';
import { serviceQueue, type SourceQueue } from '../../src/services/lambda/event-source-mapping/source-queue.ts';
import type { Queue } from '../../src/services/sqs/queue.ts';
import { PolledQueue, type PolledQueueSettings } from './polled-queue.ts';

const open: PolledQueue[] = [];

function polled(settings: PolledQueueSettings = {}): PolledQueue {
  const queue = new PolledQueue(settings);
  open.push(queue);
  return queue;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((queue) => queue.close()));
});

const bodies = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

describe('concurrency', () => {
  test('grows from 5 by 300 a minute up to a MaximumConcurrency far above it', async () => {
    const orders = polled({
      mapping: { batchSize: 1, maximumConcurrency: 200 },
      queue: { visibilityTimeoutSeconds: 900 },
    });
    orders.send(...bodies(400));
    await orders.settle();
    expect(orders.pending.size).toBe(5);
    await orders.clock.advance(30_000);
    expect(orders.pending.size).toBe(155);
    await orders.clock.advance(60_000);
    expect(orders.pending.size).toBe(200);
    expect(orders.queue.counts).toMatchObject({ available: 200, 'in-flight': 200 });
  });

  test('without a maximum stops at what this machine carries', async () => {
    const orders = polled({ mapping: { batchSize: 1 }, queue: { visibilityTimeoutSeconds: 900 } });
    orders.send(...bodies(100));
    await orders.clock.advance(60_000);
    expect(orders.pending.size).toBe(localCeiling);
  });

  test('does not grow while a poller is free', async () => {
    const orders = polled({ mapping: { batchSize: 1 } });
    orders.send(...bodies(4));
    await orders.clock.advance(10_000);
    orders.send('late', 'later');
    await orders.clock.advance(199);
    expect(orders.pending.size).toBe(5);
  });
});

describe('a throttled batch', () => {
  test('is retried until its visibility timeout passes, counted from its receive and not from the end of its window', async () => {
    const orders = polled({ mapping: { windowSeconds: 20 }, queue: { visibilityTimeoutSeconds: 30 } });
    orders.throttling = true;
    orders.send('a');
    await orders.clock.advance(15_000);
    orders.send('b');
    await orders.clock.advance(14_999);
    expect(orders.watch.ofType('batch-ended')).toMatchObject([{ deleted: [], reason: 'the function was throttled' }]);
    expect(orders.watch.ofType('batch-started')).toHaveLength(1);
  });

  test('succeeds as soon as there is concurrency, at its first receive', async () => {
    const orders = polled({ queue: { visibilityTimeoutSeconds: 30 } });
    orders.throttling = true;
    const ids = orders.send('a');
    await orders.clock.advance(10_000);
    orders.throttling = false;
    await orders.clock.advance(5_000);
    const [invocation] = orders.pending;
    invocation?.succeed();
    await orders.settle();
    expect(orders.watch.ofType('batch-ended')).toMatchObject([{ deleted: ids }]);
  });
});

test('disabling does not wait for a throttled batch: it is invoked once more and left to its visibility timeout', async () => {
  const orders = polled({ queue: { visibilityTimeoutSeconds: 900 } });
  orders.throttling = true;
  const ids = orders.send('a');
  await orders.settle();
  await orders.mapping.update({ ...orders.mapping.model, enabled: false });
  expect(orders.mapping.state).toBe('Disabled');
  expect(orders.watch.ofType('batch-ended')).toMatchObject([{ kept: ids, reason: 'the function was throttled' }]);
  expect(orders.queue.counts).toMatchObject({ available: 0, 'in-flight': 1 });
});

/** Counts how often a mapping asks. */
function counted(queue: Queue, calls: { receive: number }): SourceQueue {
  return {
    name: queue.name,
    arn: queue.arn,
    visibilityTimeoutSeconds: queue.visibilityTimeoutSeconds,
    waitForMessages: (signal) => queue.waitForMessages(signal),
    delete: (receiptHandle) => queue.delete(receiptHandle),
    visibleAtMs: (receiptHandle) => queue.visibleAtMs(receiptHandle),
    receive(request) {
      calls.receive += 1;
      return queue.receive(request);
    },
  };
}

/** Time for a loop that needs none to show itself. */
async function standStill(orders: PolledQueue): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await orders.settle();
}

describe('polling does not spin', () => {
  test('on an empty queue', async () => {
    const calls = { receive: 0 };
    const orders = polled({ source: (queue) => counted(queue, calls) });
    await orders.clock.advance(3_600_000);
    expect(calls.receive).toBe(0);
    expect(orders.pending.size).toBe(0);
  });

  test('while all that is left is in flight up to the limit of 120,000', async () => {
    const calls = { receive: 0 };
    const orders = polled({
      mapping: { batchSize: 10_000, windowSeconds: 1, maximumConcurrency: 20 },
      queue: { visibilityTimeoutSeconds: 900 },
      source: (queue) => counted(queue, calls),
    });
    orders.queue.send(Array.from({ length: 120_010 }, () => ({ body: '', senderId: '' })));
    await orders.clock.advance(10_000);
    expect(orders.queue.counts).toMatchObject({ available: 10, 'in-flight': 120_000 });
    const before = calls.receive;
    await standStill(orders);
    expect(calls.receive).toBe(before);
    const [one] = orders.pending;
    one?.succeed();
    await orders.clock.advance(2_000);
    expect(orders.queue.counts.available).toBe(0);
  });

  test('on a queue that is gone: it looks once a second for each poller that waits', async () => {
    let looks = 0;
    const gone = () => {
      looks += 1;
      return undefined;
    };
    const orders = polled({ source: ({ arn }, clock) => serviceQueue(arn, gone, clock) });
    await orders.clock.advance(10_000);
    const before = looks;
    expect(before).toBeGreaterThanOrEqual(10);
    await standStill(orders);
    expect(looks).toBe(before);
  });

  test('on messages that no filter lets pass: others have their turn between two receives', async () => {
    const orders = polled({ mapping: { batchSize: 1, filterPatterns: ['{"body":["never"]}'] } });
    orders.send(...bodies(100));
    let turns = 0;
    const count = () => {
      turns += 1;
      if (orders.queue.counts.available > 0) setImmediate(count);
    };
    setImmediate(count);
    for (let settles = 0; settles < 100; settles += 1) await orders.settle();
    expect(orders.queue.counts).toMatchObject({ available: 0, 'in-flight': 0 });
    expect(turns).toBeGreaterThan(10);
  });
});

test('pollers that gather side by side split one burst over several instances', async () => {
  const settings: PolledQueueSettings = { mapping: { windowSeconds: 10, maximumConcurrency: 2 } };
  const orders = polled({ ...settings, gatherInParallel: true });
  for (const body of bodies(10)) {
    orders.send(body);
    await orders.settle();
  }
  await orders.clock.advance(10_000);
  const sizes = [...orders.pending].map(({ messageIds }) => messageIds.length);
  expect(sizes).toHaveLength(2);
  expect(sizes[0]! + sizes[1]!).toBe(10);
});
