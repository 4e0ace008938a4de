import { passesFilters, type Pattern } from './filter-pattern.ts';
import type { SourceMessage, SourceQueue } from './source-queue.ts';

/**
 * The queue as a mapping with filters sees it: a message that matches none is deleted at once, unprocessed, as Lambda
 * does (Lambda Developer Guide, "Filtering with Amazon SQS").
 */
export function filteredQueue(
  queue: SourceQueue,
  patterns: readonly Pattern[],
  onFiltered: (messages: readonly SourceMessage[]) => void,
): SourceQueue {
  if (patterns.length === 0) return queue;
  return {
    name: queue.name,
    arn: queue.arn,
    get visibilityTimeoutSeconds() {
      return queue.visibilityTimeoutSeconds;
    },
    waitForMessages: (signal) => queue.waitForMessages(signal),
    delete: (receiptHandle) => queue.delete(receiptHandle),
    receive(request) {
      const { passed = [], filtered = [] } = Object.groupBy(queue.receive(request), (message) =>
        passesFilters(message.body, patterns) ? 'passed' : 'filtered',
      );
      for (const message of filtered) queue.delete(message.receiptHandle);
      if (filtered.length > 0) onFiltered(filtered);
      return passed;
    },
  };
}
