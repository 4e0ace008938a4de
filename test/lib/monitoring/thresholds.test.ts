import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { presets } from '../../../lib/configuration/configuration.ts';
import {
  type ConsumedQueue,
  errorLimit,
  oldestAgeLimitSeconds,
  throttleLimitSeconds,
} from '../../../lib/monitoring/thresholds.ts';
import { visibilityTimeoutSeconds } from '../../../lib/configuration/settings.ts';

function queueOf(timeoutSeconds: number, windowSeconds: number, changes: Partial<ConsumedQueue> = {}): ConsumedQueue {
  return {
    consumer: { settings: { timeoutSeconds, windowSeconds } },
    receivesBefore: 0,
    maxReceiveCount: 5,
    ...changes,
  };
}

const { production } = presets;
const badOrders: ConsumedQueue = {
  consumer: { settings: production.failedOrders },
  receivesBefore: production.maxReceiveCount,
  maxReceiveCount: production.failedOrders.maxReceiveCount,
  retry: production.failedOrders.retry,
};

const anyQueue: fc.Arbitrary<ConsumedQueue> = fc.record({
  consumer: fc.record({
    settings: fc.record({ timeoutSeconds: fc.integer({ min: 1, max: 900 }), windowSeconds: fc.nat(300) }),
  }),
  receivesBefore: fc.nat(10),
  maxReceiveCount: fc.integer({ min: 1, max: 1_000 }),
  retry: fc.record({ baseSeconds: fc.nat(60), capSeconds: fc.nat(43_200) }),
});

describe('the age at which a queue’s oldest message is told of', () => {
  test.each([
    ['three receives, each hidden for six timeouts and the window', queueOf(10, 5), 240],
    ['another one for another function', queueOf(60, 5), 1_140],
    ['without a window', queueOf(10, 0), 180],
    ['fewer receives where there are no more', queueOf(3, 5, { maxReceiveCount: 1 }), 60],
    [
      'the waits its consumer asks for, where they are longer',
      queueOf(10, 0, { retry: { baseSeconds: 100, capSeconds: 300 } }),
      600,
    ],
    ['all receives in a FIFO queue, which counts every message', queueOf(10, 0, { fifo: true }), 300],
    ['in bad-orders, the waits after the receives in orders', badOrders, 300],
  ])('is %s', (_what, queue, seconds) => {
    expect(oldestAgeLimitSeconds(queue)).toBe(seconds);
  });

  test('is never reached by a message that is received at once whenever it may be', () => {
    fc.assert(
      fc.property(anyQueue, (queue) => {
        const { retry, receivesBefore, maxReceiveCount, consumer } = queue;
        let ageSeconds = 0;
        for (let receive = receivesBefore + 1; receive <= Math.min(maxReceiveCount, receivesBefore + 3); receive += 1) {
          const asked = Math.min(retry!.capSeconds, retry!.baseSeconds * 2 ** (receive - 1));
          ageSeconds += Math.max(asked, visibilityTimeoutSeconds(consumer.settings));
        }
        expect(oldestAgeLimitSeconds(queue)).toBeGreaterThanOrEqual(Math.max(60, ageSeconds));
      }),
    );
  });
});

describe('the function errors that are told of', () => {
  test.each([
    ['as many as an order has receives, in the time they take', queueOf(10, 0), { count: 5, periodSeconds: 300 }],
    [
      'the first one where there is one receive',
      queueOf(3, 5, { maxReceiveCount: 1 }),
      { count: 1, periodSeconds: 60 },
    ],
    ['five at most', badOrders, { count: 5, periodSeconds: 300 }],
    ['over a longer time for a slower function', queueOf(60, 5), { count: 5, periodSeconds: 1_860 }],
  ])('are %s', (_what, queue, limit) => {
    expect(errorLimit(queue)).toEqual(limit);
  });
});

describe('the time for which a function may be throttled', () => {
  test.each([
    ['as long as Lambda tries all receives of an order', queueOf(10, 0), 300],
    ['longer with a window', queueOf(10, 5), 360],
    ['once where there is one receive', queueOf(3, 5, { maxReceiveCount: 1 }), 60],
    ['five receives at most', badOrders, 300],
  ])('is %s', (_what, queue, seconds) => {
    expect(throttleLimitSeconds(queue)).toBe(seconds);
  });
});

test('every limit is in whole minutes, and no alarm looks back for more than a day', () => {
  fc.assert(
    fc.property(anyQueue, (queue) => {
      const seconds = [oldestAgeLimitSeconds(queue), errorLimit(queue).periodSeconds, throttleLimitSeconds(queue)];
      // CloudWatch takes periods of whole minutes, and a day at most for all periods of an alarm.
      expect(seconds.filter((each) => each % 60 !== 0)).toEqual([]);
      expect(Math.max(...seconds.slice(1))).toBeLessThanOrEqual(86_400);
    }),
  );
});
