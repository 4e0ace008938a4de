import type { MetricCounts, MetricName } from '../../shared/metrics.ts';

/** How often each metric is named. */
export function tally(names: readonly MetricName[]): MetricCounts {
  const counts: Partial<Record<MetricName, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
