import { matchesList, matchesPattern, parseObject, type Pattern } from '../../event-pattern/match.ts';
import { patternTextProblem } from '../../event-pattern/problem.ts';
import type { SourceMessage, SourceQueue } from './source-queue.ts';

/**
 * Lambda's event filtering for SQS (Lambda Developer Guide, "Using event filtering with an Amazon SQS event source").
 * Lambda refuses a pattern without a reason, so the rules are those of Event Ruler (event-pattern/problem.ts).
 *
 * @throws {Error} that says what is wrong with which pattern
 */
export function parsePatterns(texts: readonly string[]): Pattern[] {
  if (texts.length > mostFilters)
    throw new Error(`FilterCriteria has ${texts.length} filters, at most ${mostFilters}.`);
  return texts.map((text) => {
    const problem = patternTextProblem(text);
    if (problem !== undefined) throw new Error(`Invalid filter pattern definition: ${problem}.`);
    return JSON.parse(text) as Pattern;
  });
}

/**
 * Whether a message with this body passes the filters: one matching pattern is enough, and no pattern lets all pass.
 * The guide's table on body formats: a pattern for a JSON body drops a plain-text one, a pattern for plain text drops
 * a JSON one.
 */
export function passesFilters(body: string, patterns: readonly Pattern[]): boolean {
  if (patterns.length === 0) return true;
  const json = parseObject(body);
  return patterns.some((pattern) => {
    const rule = pattern['body'];
    if (rule === undefined) return true;
    if (Array.isArray(rule)) return json === undefined && matchesList(rule, body);
    return json !== undefined && matchesPattern(rule as Pattern, json);
  });
}

/**
 * Of filters in a mapping, unless the account's quota is raised (Lambda Developer Guide, "Control which events Lambda
 * sends to your function").
 */
export const mostFilters = 5;

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
    visibleAtMs: (receiptHandle) => queue.visibleAtMs(receiptHandle),
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
