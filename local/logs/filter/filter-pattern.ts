import { parseJsonPattern } from './json-pattern.ts';
import { matchesJson } from './json-match.ts';
import { parseTermPattern } from './term-pattern.ts';
import { matchesTerms } from './term-match.ts';
import { invalidPattern } from './invalid-pattern.ts';

/** Decides for a log event's message whether it matches. */
export type LogFilter = (message: string) => boolean;

/**
 * Reads a filter pattern of CloudWatch Logs ("Filter pattern syntax for metric filters, subscription filters, filter log
 * events, and Live Tail", CloudWatch Logs User Guide): terms, or `{ … }` for JSON messages. The third kind, `[ … ]` for
 * fields between spaces, is not served. Throws `InvalidParameterException`.
 */
export function parseFilterPattern(text: string): LogFilter {
  const pattern = text.trim();
  if (pattern.startsWith('{')) {
    const condition = parseJsonPattern(pattern);
    return (message) => matchesJson(condition, message);
  }
  if (pattern.startsWith('[')) {
    throw invalidPattern('Invalid filter pattern: patterns for space-delimited events, [...], are not served locally.');
  }
  const terms = parseTermPattern(pattern);
  return (message) => matchesTerms(terms, message);
}
