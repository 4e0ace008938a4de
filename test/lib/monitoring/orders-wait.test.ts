import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { synthesize } from '../synthesize.ts';
import { goesOff, metricsOf, type MetricValues } from './metric-math.ts';
import { alarmsOf } from './synthesized-alarms.ts';

const ordersWait = alarmsOf(synthesize()).find(({ id }) => id === 'OrdersWait')!;
const limitSeconds = ordersWait.Threshold;

/** A message of a standard queue in a minute. */
interface Waiting {
  readonly ageSeconds: number;
  readonly receives: number;
  readonly visible: boolean;
}

/**
 * What SQS publishes in a minute: its age leaves out messages that were received three times and not deleted (SQS
 * Developer Guide, "Available CloudWatch metrics for Amazon SQS").
 */
function published(messages: readonly Waiting[], deleted = 0): MetricValues {
  const counted = messages.filter(({ receives }) => receives < 3);
  return {
    age: Math.max(0, ...counted.map(({ ageSeconds }) => ageSeconds)),
    visible: messages.filter(({ visible }) => visible).length,
    deleted,
  };
}

const minutes = (count: number, values: MetricValues) => Array.from({ length: count }, () => values);
const old: Waiting = { ageSeconds: 86_400, receives: 3, visible: true };
const silent: MetricValues = { age: undefined, visible: undefined, deleted: undefined };

describe('the alarm of orders that wait', () => {
  test('looks at the age of the oldest order, and at what does not depend on how often orders were received', () => {
    expect(metricsOf(ordersWait)).toEqual({
      age: ['ApproximateAgeOfOldestMessage', 'Maximum', 60],
      visible: ['ApproximateNumberOfMessagesVisible', 'Maximum', 60],
      deleted: ['NumberOfMessagesDeleted', 'Sum', 60],
    });
  });

  test.each<[string, readonly MetricValues[]]>([
    ['one order that was received three times, when nothing consumes the queue', minutes(5, published([old]))],
    ['such an order, after hours in which nobody used the queue', [silent, ...minutes(5, published([old]))]],
    ['an order that nobody received', minutes(5, published([{ ageSeconds: 600, receives: 0, visible: true }]))],
    ['an order that waits while others are processed', minutes(5, published([{ ...old, receives: 1 }], 600))],
    ['a queue in which every order fails', minutes(5, published([old, { ...old, ageSeconds: 50, receives: 0 }]))],
    ['orders of which SQS publishes the depth alone', minutes(5, { age: undefined, visible: 2, deleted: undefined })],
  ])('goes off for %s', (_what, each) => {
    expect(goesOff(ordersWait, each)).toBe(true);
  });

  test.each<[string, readonly MetricValues[]]>([
    ['an idle queue', minutes(60, published([]))],
    ['a queue that nobody has used for hours', minutes(60, silent)],
    ['an order that hides until its next try', minutes(60, published([{ ...old, visible: false }]))],
    ['an order of two failed tries', minutes(60, published([{ ageSeconds: 150, receives: 2, visible: false }]))],
    ['an order received three times beside others that are processed', minutes(60, published([old], 600))],
    ['orders that stand for four minutes', [...minutes(4, published([old])), published([], 1)]],
  ])('does not go off for %s', (_what, each) => {
    expect(goesOff(ordersWait, each)).toBe(false);
  });

  test('goes off for every queue whose consumer is gone, however often its orders were received', () => {
    const message = fc.record({ receives: fc.nat(5), ageSeconds: fc.nat(86_400), visible: fc.constant(true) });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1 }), (messages) => {
        expect(goesOff(ordersWait, minutes(5, published(messages)))).toBe(true);
      }),
    );
  });

  test('goes by the age alone while orders are processed', () => {
    const message = fc.record({ receives: fc.nat(5), ageSeconds: fc.nat(600), visible: fc.boolean() });
    fc.assert(
      fc.property(fc.array(message), fc.integer({ min: 1, max: 600 }), (messages, deleted) => {
        const isOld = messages.some(({ receives, ageSeconds }) => receives < 3 && ageSeconds >= limitSeconds);
        expect(goesOff(ordersWait, minutes(5, published(messages, deleted)))).toBe(isOld);
      }),
    );
  });
});
