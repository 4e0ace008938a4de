import { describe, expect, test } from '@jest/globals';
import { failureMetricNames, metricNames } from '../../../shared/telemetry.ts';
import { costOfMonth, monthlyItems, type Resources } from '../../../tools/plan/monthly-costs.ts';
import { synthesize } from '../../lib/synthesize.ts';

const itemsOf = (options: Readonly<Record<string, string>> = {}) =>
  monthlyItems(synthesize('production', options).toJSON() as Resources);
const countsOf = (items: ReturnType<typeof monthlyItems>) =>
  Object.fromEntries(items.map(({ id, count }) => [id, count] as const));
const items = itemsOf();

describe('the cost of a month', () => {
  test('counts what the template has: an alarm on an expression by the metrics in it', () => {
    const alarms = Object.keys(synthesize().findResources('AWS::CloudWatch::Alarm')).length;
    // The time to drain and what stands in bad-orders look at two each, the age of the oldest order at three.
    expect(countsOf(items)).toMatchObject({ alarms: alarms + 4, dashboards: 1, keys: 1, 'mapping-metrics': 2 * 4 });
  });

  test('counts each metric once, but cold starts for each function', () => {
    const all = [...Object.values(metricNames), ...Object.values(failureMetricNames)];
    const names = all.filter((name) => !/^(Mail|Events)/.test(name));
    expect(countsOf(items)['own-metrics']).toBe(names.length + 2);
    expect(countsOf(itemsOf({ events: 'true' }))['own-metrics']).toBe(names.length + 2 + 2);
    const mails = { events: 'true', mail: 'true', mailFrom: 'orders@example.com' };
    expect(countsOf(itemsOf(mails))['own-metrics']).toBe(names.length + 2 + 2 + 1 + 4);
  });

  test('adds the alarms and metrics of an HTTP door', () => {
    const before = countsOf(items);
    const { alarms, 'own-metrics': metrics } = countsOf(itemsOf({ http: 'true' }));
    // Errors, slowness and throttles of the door; errors and throttles of each function.
    expect(alarms! - before['alarms']!).toBe(3 + 2 * 2);
    // Queued, not queued, refused, throttled; cold starts of each function.
    expect(metrics! - before['own-metrics']!).toBe(4 + 2);
  });

  test('adds a dollar for a key of the account', () => {
    expect(costOfMonth(itemsOf({ customerManagedKey: 'true' })) - costOfMonth(items)).toBeCloseTo(1);
  });

  test('adds three alarms and two metrics for events, which need no key of their own', () => {
    expect(costOfMonth(itemsOf({ events: 'true' })) - costOfMonth(items)).toBeCloseTo(3 * 0.1 + 2 * 0.3);
  });

  test('is that of the items; metrics, which an idle pipeline does not publish, are most of it', () => {
    const idle = costOfMonth(items.filter(({ whenIdle }) => whenIdle));
    const polls = (2 * 5 * 30 * 24 * 60 * 3 * 0.4) / 1e6;
    expect(idle).toBeCloseTo(17 * 0.1 + 3 + 1 + polls);
    expect(costOfMonth(items) - idle).toBeCloseTo((16 + 8) * 0.3);
  });
});
