import { invalidPattern, parseRegularExpression } from './invalid-pattern.ts';

/** `$.users[0].id` is `['users', 0, 'id']`; `*` stands for every element of an array. */
type Selector = readonly (string | number)[];

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

type JsonCondition =
  | { readonly kind: 'and' | 'or'; readonly left: JsonCondition; readonly right: JsonCondition }
  | { readonly kind: 'is'; readonly selector: Selector; readonly value: null | boolean }
  | { readonly kind: 'not-exists'; readonly selector: Selector }
  | { readonly kind: 'compare'; readonly selector: Selector; readonly operator: Comparison; readonly value: Operand };

/** `number` is set where the text is one; `quoted` text is never a number. */
interface Operand {
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

/** False for a message that is not a JSON object. */
export function matchesJson(condition: JsonCondition, message: string): boolean {
  if (!message.trimStart().startsWith('{')) return false;
  try {
    return holds(condition, JSON.parse(message) as unknown);
  } catch {
    return false;
  }
}

function holds(condition: JsonCondition, document: unknown): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, document) && holds(condition.right, document);
    case 'or':
      return holds(condition.left, document) || holds(condition.right, document);
    case 'is':
      return select(document, condition.selector).includes(condition.value);
    case 'not-exists':
      return select(document, condition.selector).length === 0;
    case 'compare':
      return select(document, condition.selector).some((value) => compare(value, condition.operator, condition.value));
  }
}

/** The values that the selector reaches: none where it leads nowhere, several through `[*]`. */
function select(document: unknown, selector: Selector): unknown[] {
  let values: unknown[] = [document];
  for (const part of selector) {
    values = values.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return [];
      if (Array.isArray(value)) return part === '*' ? (value as unknown[]) : elementOf(value as unknown[], part);
      return Object.hasOwn(value, part) ? [(value as Record<string, unknown>)[part]] : [];
    });
  }
  return values;
}

function elementOf(array: readonly unknown[], index: string | number): unknown[] {
  return typeof index === 'number' && index < array.length ? [array[index]] : [];
}

/**
 * Only values can be compared: where the selector reaches an object, an array, null or nothing, neither `=` nor `!=`
 * matches ("The selector must point to a value node").
 */
function compare(value: unknown, operator: Comparison, operand: Operand): boolean {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return false;
  if (operand.number !== undefined && typeof value === 'number') return compareNumbers(value, operator, operand.number);
  if (operator === '=') return equalsText(String(value), operand);
  return operator === '!=' && !equalsText(String(value), operand);
}

function compareNumbers(value: number, operator: Comparison, operand: number): boolean {
  switch (operator) {
    case '=':
      return value === operand;
    case '!=':
      return value !== operand;
    case '<':
      return value < operand;
    case '<=':
      return value <= operand;
    case '>':
      return value > operand;
    case '>=':
      return value >= operand;
  }
}

/** An asterisk at the start or the end stands for any text; anywhere else it stands for itself. */
function equalsText(value: string, { text, expression }: Operand): boolean {
  if (expression !== undefined) return expression.test(value);
  const openStart = text.startsWith('*');
  const openEnd = text.endsWith('*') && text.length > 1;
  const core = text.slice(openStart ? 1 : 0, openEnd ? -1 : undefined);
  if (openStart && openEnd) return value.includes(core);
  if (openStart) return value.endsWith(core);
  if (openEnd) return value.startsWith(core);
  return value === text;
}
