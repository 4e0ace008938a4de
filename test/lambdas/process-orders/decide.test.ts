import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide, type Outcome } from '../../../lambdas/process-orders/outcome.ts';

const backoff = { base: 2, cap: 300 };
const maxReceiveCount = 5;

function outcome(result: Outcome['result'], index: number, receiveCount = 1): Outcome {
  const received = {
    messageId: `message-${index}`,
    receiptHandle: `handle-${index}`,
    receiveCount,
    traceId: null,
    orderId: null,
    customerName: null,
  };
  switch (result) {
    case 'processed':
      return { ...received, result };
    case 'duplicate':
      return { ...received, result, firstMessageId: 'earlier' };
    case 'permanent':
      return { ...received, result, kind: 'invalid', reasons: ['/items is required'] };
    case 'untold':
    case 'transient':
    case 'held-back':
      return { ...received, result, error: new Error('later') };
  }
}

const results = ['processed', 'duplicate', 'permanent', 'transient', 'held-back', 'untold'] as const;

/** Every way in which `count` records can turn out. */
function combinations(count: number): Outcome['result'][][] {
  if (count === 0) return [[]];
  return combinations(count - 1).flatMap((rest) => results.map((result) => [...rest, result]));
}

/** The waits that a permanent failure is given at its receives, where the queue moves messages after so many. */
const secondsWhere = (movesAfter: number) =>
  [1, 2, 3, 1_000].map((receiveCount) => {
    const failed = outcome('permanent', 0, receiveCount);
    return decide([failed], backoff, () => 0.999_999, movesAfter).visibilityChanges[0]?.visibilityTimeoutSeconds;
  });

describe('deciding on a batch', () => {
  test('keeps exactly what was not processed or not told, in all 9,331 ways that up to 5 records can turn out', () => {
    let ways = 0;
    for (let count = 0; count <= 5; count += 1) {
      for (const combination of combinations(count)) {
        ways += 1;
        const named = (...kinds: readonly Outcome['result'][]) =>
          combination.flatMap((result, index) => (kinds.includes(result) ? [`message-${index}`] : []));
        const { batchItemFailures, visibilityChanges } = decide(
          combination.map((result, index) => outcome(result, index)),
          backoff,
          () => 0.5,
          maxReceiveCount,
        );
        expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(
          named('permanent', 'transient', 'held-back', 'untold'),
        );
        // What was held back comes back after what it waits for, which alone uses up receives meanwhile.
        expect(visibilityChanges.map(({ messageId }) => messageId)).toEqual(named('permanent', 'transient', 'untold'));
      }
    }
    expect(ways).toBe(9_331);
  });

  test('brings a permanent failure back at once, up to the receive after which it is moved', () => {
    for (const receiveCount of [1, 2, 5]) {
      const { visibilityChanges } = decide(
        [outcome('permanent', 0, receiveCount)],
        backoff,
        () => 0.99,
        maxReceiveCount,
      );
      expect(visibilityChanges).toEqual([
        { messageId: 'message-0', receiptHandle: 'handle-0', visibilityTimeoutSeconds: 0 },
      ]);
    }
  });

  test('brings a permanent failure back later from try to try where the queue does not move it', () => {
    // Without a dead-letter queue, and with one that was taken away.
    expect(secondsWhere(0)).toEqual([2, 4, 8, 300]);
    expect(secondsWhere(2)).toEqual([0, 0, 8, 300]);
  });

  test.each([
    ['the longest', 0.999_999, [2, 4, 8, 16, 300]],
    ['the shortest', 0, [1, 2, 4, 8, 150]],
  ])('brings a transient failure back later from try to try, up to the cap: %s waits', (_which, random, expected) => {
    const seconds = [1, 2, 3, 4, 20].map(
      (receiveCount) =>
        decide([outcome('transient', 0, receiveCount)], backoff, () => random, maxReceiveCount).visibilityChanges[0]!
          .visibilityTimeoutSeconds,
    );
    expect(seconds).toEqual(expected);
  });

  test('lets nothing wait after its last try, except for another delivery that may still succeed', () => {
    const last = outcome('transient', 0, maxReceiveCount);
    const claimed: Outcome = { ...last, result: 'transient', error: new Error('claimed'), notBeforeMs: 2_500 };
    const seconds = [last, claimed].map(
      (failed) => decide([failed], backoff, () => 0, maxReceiveCount).visibilityChanges[0]!.visibilityTimeoutSeconds,
    );
    expect(seconds).toEqual([0, 16]);
  });

  test('asks for whole seconds that SQS takes', () => {
    const outcomes = fc.array(
      fc.record({ result: fc.constantFrom(...results), receiveCount: fc.integer({ min: 1, max: 1_000 }) }),
    );
    const fractions = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(outcomes, fractions, (records, random) => {
        const given = records.map(({ result, receiveCount }, index) => outcome(result, index, receiveCount));
        const { visibilityChanges } = decide(given, { base: 2, cap: 43_200 }, () => random, maxReceiveCount);
        expect(visibilityChanges.filter((change) => !isTimeout(change.visibilityTimeoutSeconds))).toEqual([]);
      }),
    );
  });
});

function isTimeout(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= 43_200;
}
