import { matchesJson, parseJsonPattern } from './filter-json.ts';
import { invalidCharacters, invalidPattern, parseRegularExpression } from './invalid-pattern.ts';

/** A term to find: text, or a regular expression. Case matters in both. */
type Term = string | RegExp;

/** A filter pattern for unstructured events (CloudWatch Logs User Guide, "Filter pattern syntax"). */
interface TermPattern {
  /** All must occur. */
  readonly all: readonly Term[];
  /** One must occur (`?term`). */
  readonly any: readonly Term[];
  /** None may occur (`-term`). */
  readonly none: readonly Term[];
}

const token = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|(%[^%]*%)|([^\s"%]+))/y;

/** Throws `InvalidParameterException` for what is no such pattern. */
function parseTermPattern(pattern: string): TermPattern {
  const all: Term[] = [];
  const any: Term[] = [];
  const none: Term[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < pattern.length) {
    const match = token.exec(pattern);
    if (match === null) throw invalidPattern();
    const [, sign = '', quoted, expression, plain] = match;
    const list = sign === '-' ? none : sign === '?' ? any : all;
    list.push(termOf(quoted, expression, plain));
  }
  // AWS ignores `?terms` beside other terms ("Match any terms").
  return { all, none, any: all.length > 0 || none.length > 0 ? [] : any };
}

function termOf(quoted: string | undefined, expression: string | undefined, plain = ''): Term {
  if (quoted !== undefined) return quoted.replaceAll(/\\(.)/g, '$1');
  if (expression !== undefined) return parseRegularExpression(expression);
  const bad = /[^\p{L}\p{N}_]/u.exec(plain);
  if (bad !== null) throw invalidCharacters(bad[0]);
  return plain;
}

/** Decides for a log event's message whether it matches. */
type LogFilter = (message: string) => boolean;

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

/** Whether a message has what an unstructured filter pattern asks for. */
function matchesTerms({ all, any, none }: TermPattern, message: string): boolean {
  const occurs = (term: Term) => (typeof term === 'string' ? message.includes(term) : term.test(message));
  return all.every(occurs) && (any.length === 0 || any.some(occurs)) && !none.some(occurs);
}
