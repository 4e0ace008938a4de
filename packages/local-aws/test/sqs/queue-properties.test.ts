import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventStream } from '../../src/events.ts';
import { QueueRegistry } from '../../src/services/sqs/queue-registry.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { accountId, queueModel, region } from './queue-model.ts';
import { QueueTwin, type Step } from './queue-twin.ts';

const seconds = (min: number, max: number) => fc.integer({ min, max });

const often = <T>(arbitrary: fc.Arbitrary<T>) => ({ weight: 8, arbitrary });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) => ({ weight: 1, arbitrary });

const step: fc.Arbitrary<Step> = fc.oneof(
  often(fc.record({ kind: fc.constant('send' as const), delay: seconds(0, 3) })),
  often(
    fc.record({ kind: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 4 }), timeout: seconds(0, 9) }),
  ),
  often(fc.record({ kind: fc.constantFrom('delete' as const, 'outdated delete' as const), pick: fc.nat(9) })),
  often(fc.record({ kind: fc.constant('change' as const), pick: fc.nat(9), timeout: seconds(0, 9) })),
  often(fc.record({ kind: fc.constant('wait' as const), seconds: seconds(1, 8) })),
  often(fc.record({ kind: fc.constant('poll' as const), max: fc.integer({ min: 1, max: 4 }), timeout: seconds(1, 9) })),
  seldom(fc.record({ kind: fc.constant('give up' as const), pick: fc.nat(2) })),
  seldom(fc.record({ kind: fc.constant('purge' as const) })),
  seldom(fc.record({ kind: fc.constant('retain' as const), seconds: fc.constantFrom(10, 20, 40) })),
);

describe('a queue', () => {
  test.each([undefined, { seed: 5 }])('does what a list that is scanned does (hand out %j)', async (handOut) => {
    const run = async (steps: readonly Step[]) => {
      const twin = new QueueTwin(handOut);
      for (const action of steps) await twin.apply(action);
      twin.close();
    };
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), run);
    await expect(fc.assert(property, { numRuns: 150 })).resolves.toBeUndefined();
  });

  test('loses and doubles nothing over a backlog of 50,000', () => {
    const queues = new QueueRegistry({ clock: new ManualClock(), events: new EventStream(), region, accountId });
    queues.applyTemplate([queueModel('orders')]);
    const queue = queues.require('orders');
    const count = 50_000;
    queue.send(Array.from({ length: count }, (_, index) => ({ body: String(index), senderId: 'test' })));
    const seen: string[] = [];
    for (let messages = queue.receive({ max: 10 }); messages.length > 0; messages = queue.receive({ max: 10 })) {
      for (const { body, receiptHandle } of messages) {
        seen.push(body);
        queue.delete(receiptHandle);
      }
    }
    expect(seen).toHaveLength(count);
    expect(new Set(seen).size).toBe(count);
    expect(queue.counts).toMatchObject({ available: 0, 'in-flight': 0, delayed: 0 });
    queues.close();
  });
});
