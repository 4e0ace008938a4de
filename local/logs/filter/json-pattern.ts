import { invalidPattern, parseRegularExpression } from './invalid-pattern.ts';

/** `$.users[0].id` is `['users', 0, 'id']`; `*` stands for every element of an array. */
export type Selector = readonly (string | number)[];

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type JsonCondition =
  | { readonly kind: 'and' | 'or'; readonly left: JsonCondition; readonly right: JsonCondition }
  | { readonly kind: 'is'; readonly selector: Selector; readonly value: null | boolean }
  | { readonly kind: 'not-exists'; readonly selector: Selector }
  | { readonly kind: 'compare'; readonly selector: Selector; readonly operator: Comparison; readonly value: Operand };

/** `number` is set where the text is one; `quoted` text is never a number. */
export interface Operand {
  readonly text: string;
  readonly number?: number;
  readonly expression?: RegExp;
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const lexemes =
  /\s*(?:(&&|\|\||<=|>=|!=|[(){}=<>])|(\$(?:\.[A-Za-z0-9_-]+|\.?\[(?:\d+|\*|'[^']*'|"[^"]*")\])*)|"((?:[^"\\]|\\.)*)"|(%[^%]*%)|([^\s(){}=<>!&|"%]+))/y;

interface Lexeme {
  readonly symbol?: string | undefined;
  readonly selector?: string | undefined;
  readonly quoted?: string | undefined;
  readonly expression?: string | undefined;
  readonly word?: string | undefined;
}

/** Parses `{ … }`: comparisons joined by `&&` and `||`, the former binding more tightly, and parentheses. */
export function parseJsonPattern(pattern: string): JsonCondition {
  const parser = new Parser(scan(pattern));
  parser.expect('{');
  const condition = parser.disjunction();
  parser.expect('}');
  parser.expectEnd();
  return condition;
}

function scan(pattern: string): Lexeme[] {
  const found: Lexeme[] = [];
  lexemes.lastIndex = 0;
  while (lexemes.lastIndex < pattern.length) {
    const match = lexemes.exec(pattern);
    if (match === null) throw invalidPattern();
    const [, symbol, selector, quoted, expression, word] = match;
    found.push({ symbol, selector, quoted, expression, word });
  }
  return found;
}

class Parser {
  readonly #lexemes: readonly Lexeme[];
  #at = 0;

  constructor(lexemesOfPattern: readonly Lexeme[]) {
    this.#lexemes = lexemesOfPattern;
  }

  disjunction(): JsonCondition {
    let left = this.#conjunction();
    while (this.#accept('||')) left = { kind: 'or', left, right: this.#conjunction() };
    return left;
  }

  expect(symbol: string): void {
    if (!this.#accept(symbol)) throw invalidPattern();
  }

  expectEnd(): void {
    if (this.#at !== this.#lexemes.length) throw invalidPattern();
  }

  #conjunction(): JsonCondition {
    let left = this.#condition();
    while (this.#accept('&&')) left = { kind: 'and', left, right: this.#condition() };
    return left;
  }

  #condition(): JsonCondition {
    if (this.#accept('(')) {
      const inner = this.disjunction();
      this.expect(')');
      return inner;
    }
    const selector = selectorOf(this.#next().selector);
    const { symbol, word } = this.#next();
    if (word !== undefined) return this.#keyword(selector, word.toUpperCase());
    const operator = (['=', '!=', '<', '<=', '>', '>='] as const).find((known) => known === symbol);
    if (operator === undefined) throw invalidPattern();
    const value = operandOf(this.#next());
    if (operator !== '=' && operator !== '!=' && value.number === undefined) throw invalidPattern();
    return { kind: 'compare', selector, operator, value };
  }

  #keyword(selector: Selector, word: string): JsonCondition {
    const second = this.#next().word?.toUpperCase();
    if (word === 'NOT' && second === 'EXISTS') return { kind: 'not-exists', selector };
    if (word === 'IS' && second === 'NULL') return { kind: 'is', selector, value: null };
    if (word === 'IS' && second === 'TRUE') return { kind: 'is', selector, value: true };
    if (word === 'IS' && second === 'FALSE') return { kind: 'is', selector, value: false };
    throw invalidPattern();
  }

  #next(): Lexeme {
    const lexeme = this.#lexemes[this.#at];
    if (lexeme === undefined) throw invalidPattern();
    this.#at += 1;
    return lexeme;
  }

  #accept(symbol: string): boolean {
    if (this.#lexemes[this.#at]?.symbol !== symbol) return false;
    this.#at += 1;
    return true;
  }
}

function selectorOf(text: string | undefined): Selector {
  if (text === undefined || text === '$') throw invalidPattern();
  const parts = text.matchAll(/\.([A-Za-z0-9_-]+)|\[(\d+)\]|\[(\*)\]|\['([^']*)'\]|\["([^"]*)"\]/g);
  return [...parts].map(([, name, index, wildcard, single, double]) =>
    index === undefined ? (name ?? wildcard ?? single ?? double ?? '') : Number(index),
  );
}

function operandOf({ quoted, expression, word }: Lexeme): Operand {
  if (quoted !== undefined) return { text: quoted.replaceAll(/\\(.)/g, '$1') };
  if (expression !== undefined) return { text: expression, expression: parseRegularExpression(expression) };
  if (word === undefined) throw invalidPattern();
  return number.test(word) ? { text: word, number: Number(word) } : { text: word };
}
