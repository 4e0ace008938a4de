import { describe, expect, test } from '@jest/globals';
import { synthesize } from '../synthesize.ts';
import { evaluated, metricsOf } from './metric-math.ts';
import { alarmsOf } from './synthesized-alarms.ts';

const slowDrain = alarmsOf(synthesize()).find(({ id }) => id === 'SlowDrain')!;

describe('the time to drain', () => {
  test.each([
    ['nothing for an idle queue', 0, 0, 0],
    ['nothing for a queue of which SQS says nothing but its depth', 0, undefined, 0],
    ['the backlog by the rate', 6_000, 600, 600],
    ['ten minutes for ten messages that nobody touches', 10, 0, 600],
  ])('is %s', (_what, backlog, processed, seconds) => {
    expect(evaluated(slowDrain, { backlog, processed })).toBe(seconds);
  });

  test('is computed from what is visible and what is deleted, by the minute', () => {
    expect(metricsOf(slowDrain)).toEqual({
      backlog: ['ApproximateNumberOfMessagesVisible', 'Maximum', 60],
      processed: ['NumberOfMessagesDeleted', 'Sum', 60],
    });
  });
});
