import type { ChangeVisibilityBatch, VisibilityEntry } from '../../lambdas/common/message-visibility.ts';
import type { MetricCounts } from '../../shared/telemetry.ts';
import { deadlineOf } from './deadline-of.ts';

/** What both consumers get from outside apart from their work, and what they did with it. */
export function consumerDependencies() {
  const changed: VisibilityEntry[] = [];
  const published: MetricCounts[] = [];
  const outOfTime = new AbortController();
  const changeVisibilityBatch: ChangeVisibilityBatch = (entries) => {
    changed.push(...entries);
    return Promise.resolve([]);
  };
  const dependencies = {
    logCustomerNames: false,
    loadChangeVisibilityBatch: () => Promise.resolve(changeVisibilityBatch),
    publishMetrics: (counts: MetricCounts) => void published.push(counts),
    random: () => 0.5,
    startDeadline: () => deadlineOf(outOfTime.signal),
  };
  return { dependencies, changed, published, outOfTime };
}
