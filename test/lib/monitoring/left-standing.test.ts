import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { synthesize } from '../synthesize.ts';
import { goesOff, metricsOf, type MetricValues } from './metric-math.ts';
import { alarmsOf } from './synthesized-alarms.ts';

const badOrdersWait = alarmsOf(synthesize()).find(({ id }) => id === 'BadOrdersWait')!;

const minutes = (count: number, values: MetricValues) => Array.from({ length: count }, () => values);
const idle: MetricValues = { visible: 0, deleted: 0 };
const silent: MetricValues = { visible: undefined, deleted: undefined };
const stuck: MetricValues = { visible: 1, deleted: 0 };
const worked: MetricValues = { visible: 1, deleted: 1 };
/** SQS has published the depth already, the deletions not yet. */
const late: MetricValues = { visible: 500, deleted: undefined };
const quiet = ({ visible, deleted }: { visible: number; deleted: number }) => visible === 0 || deleted > 0;

describe('the alarm of failed orders that wait', () => {
  test('looks at what does not depend on how often a message was received', () => {
    expect(metricsOf(badOrdersWait)).toEqual({
      visible: ['ApproximateNumberOfMessagesVisible', 'Maximum', 60],
      deleted: ['NumberOfMessagesDeleted', 'Sum', 60],
    });
  });

  test.each<[string, readonly MetricValues[]]>([
    ['a single failure that nothing consumes', minutes(5, stuck)],
    ['failures that nothing consumes, after hours in which nobody used the queue', [silent, ...minutes(5, stuck)]],
    ['a backlog at which every attempt fails', minutes(5, { visible: 5_000, deleted: 0 })],
    ['deletions that SQS does not publish at all', minutes(5, { visible: 3, deleted: undefined })],
  ])('goes off for %s', (_what, each) => {
    expect(goesOff(badOrdersWait, each)).toBe(true);
  });

  test.each<[string, readonly MetricValues[]]>([
    ['an idle queue', minutes(60, idle)],
    ['a queue that nobody has used for hours', minutes(60, silent)],
    ['failures that hide until their next try', minutes(60, idle)],
    ['a burst that is worked off', minutes(60, { visible: 10_000, deleted: 600 })],
    ['failures that come once a minute and are worked off within it', minutes(60, worked)],
    ['failures that stand for four minutes', [...minutes(4, stuck), worked]],
    ['a busy queue whose last deletions are published late', [...minutes(60, worked), late]],
  ])('does not go off for %s', (_what, each) => {
    expect(goesOff(badOrdersWait, each)).toBe(false);
  });

  test('never goes off where one message leaves the queue every five minutes, or nothing stands in it for one', () => {
    const minute = fc.record({ visible: fc.nat(1_000), deleted: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(minute, { maxLength: 60 }), (each) => {
        const fiveInARow = each.some((_, index) => index >= 4 && !each.slice(index - 4, index + 1).some(quiet));
        expect(goesOff(badOrdersWait, each)).toBe(fiveInARow);
      }),
    );
  });
});
