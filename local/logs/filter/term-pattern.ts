import { invalidCharacters, invalidPattern, parseRegularExpression } from './invalid-pattern.ts';

/** A term to find: text, or a regular expression. Case matters in both. */
export type Term = string | RegExp;

/** A filter pattern for unstructured events (CloudWatch Logs User Guide, "Filter pattern syntax"). */
export interface TermPattern {
  /** All must occur. */
  readonly all: readonly Term[];
  /** One must occur (`?term`). */
  readonly any: readonly Term[];
  /** None may occur (`-term`). */
  readonly none: readonly Term[];
}

const token = /\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|(%[^%]*%)|([^\s"%]+))/y;

/** Throws `InvalidParameterException` for what is no such pattern. */
export function parseTermPattern(pattern: string): TermPattern {
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
  // Beside other terms `?terms` have no effect on AWS ("Match any terms").
  return { all, none, any: all.length > 0 || none.length > 0 ? [] : any };
}

function termOf(quoted: string | undefined, expression: string | undefined, plain = ''): Term {
  if (quoted !== undefined) return quoted.replaceAll(/\\(.)/g, '$1');
  if (expression !== undefined) return parseRegularExpression(expression);
  const bad = /[^\p{L}\p{N}_]/u.exec(plain);
  if (bad !== null) throw invalidCharacters(bad[0]);
  return plain;
}
