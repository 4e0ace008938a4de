import { describe, expect, test } from '@jest/globals';
import { synthesize } from '../synthesize.ts';
import { alarmsOf } from './synthesized-alarms.ts';

const { Metrics = [] } = alarmsOf(synthesize()).find(({ id }) => id === 'SlowDrain')!;
const { Expression } = Metrics.find((metric) => metric.Expression !== undefined)!;

/** What the functions of metric math do, with undefined for a missing value. */
const metricMath = {
  IF: (condition: boolean, yes: number, no: number) => (condition ? yes : no),
  FILL: (value: number | undefined, instead: number) => value ?? instead,
};

/** As CloudWatch computes it, from values of one minute; undefined where SQS publishes none. */
function timeToDrain(backlog: number, processed: number | undefined): number {
  const given = { ...metricMath, backlog, processed };
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the expression is ours.
  const evaluate = new Function(...Object.keys(given), `return ${Expression}`) as (...values: unknown[]) => number;
  return evaluate(...Object.values(given));
}

describe('the time to drain', () => {
  test.each([
    ['nothing for an idle queue', 0, 0, 0],
    ['nothing for a queue of which SQS says nothing but its depth', 0, undefined, 0],
    ['the backlog by the rate', 6_000, 600, 600],
    ['ten minutes for ten messages that nobody touches', 10, 0, 600],
  ])('is %s', (_what, backlog, processed, seconds) => {
    expect(timeToDrain(backlog, processed)).toBe(seconds);
  });

  test('is computed from what is visible and what is deleted, by the minute', () => {
    const names = Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat]));
    expect(names.map(({ Period, Metric }) => [Metric.MetricName, Period])).toEqual([
      ['ApproximateNumberOfMessagesVisible', 60],
      ['NumberOfMessagesDeleted', 60],
    ]);
  });
});
