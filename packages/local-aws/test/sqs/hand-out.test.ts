import { describe, expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { QueueRegistry } from '../../src/services/sqs/queue-registry.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { accountId, queueModel, region } from './queue-model.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** The portions in which a queue with so many messages is handed out. */
function portions(seed: number | undefined, count: number, max = 10): string[][] {
  const queues = new QueueRegistry({
    clock: new ManualClock(),
    events: new EventStream(),
    region,
    accountId,
    handOut: seed === undefined ? undefined : { seed },
  });
  queues.applyTemplate([queueModel('orders')]);
  const queue = queues.require('orders');
  queue.send(numbers(count).map((body) => ({ body, senderId: 'test' })));
  const handed: string[][] = [];
  while (queue.counts.available > 0) handed.push(queue.receive({ max }).map(({ body }) => body));
  return handed;
}

describe('handing out', () => {
  test('without a seed is in order and as much as asked for', () => {
    expect(portions(undefined, 25)).toEqual([numbers(10), numbers(20).slice(10), numbers(25).slice(20)]);
  });

  test('with a seed gives every message once, in portions of 1 to max and out of order', () => {
    for (const seed of [1, 2, 3, -4, 2 ** 31]) {
      const handed = portions(seed, 200);
      expect(handed.flat().toSorted()).toEqual(numbers(200).toSorted());
      expect(handed.flat()).not.toEqual(numbers(200));
      for (const { length } of handed) {
        expect(length).toBeGreaterThanOrEqual(1);
        expect(length).toBeLessThanOrEqual(10);
      }
      expect(new Set(handed.map(({ length }) => length)).size).toBeGreaterThan(3);
    }
  });

  test('is the same for the same seed and another for another', () => {
    expect(portions(7, 50)).toEqual(portions(7, 50));
    expect(portions(7, 50)).not.toEqual(portions(8, 50));
  });
});
