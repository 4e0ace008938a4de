import { notImplemented } from '../../../endpoint/unserved.ts';
import { type QueryText, readField, readRegex, readText } from './query-text.ts';
import { compareValues, Moment, numberOf, type Row, textOf, type Value } from './row.ts';

/** An expression of a query. `name` is what it is called without an `as`: its text. */
export interface Expression {
  readonly name: string;
  readonly of: (row: Row) => Value;
}

/** `a and (b or not c)`; comparisons bind more tightly than `not`. */
export function readExpression(query: QueryText): Expression {
  const start = query.position;
  const of = disjunction(query);
  return { name: query.since(start), of };
}

type Evaluate = Expression['of'];

function disjunction(query: QueryText): Evaluate {
  let left = conjunction(query);
  while (query.accept('or')) {
    const [first, second] = [left, conjunction(query)];
    left = (row) => isTrue(first(row)) || isTrue(second(row));
  }
  return left;
}

function conjunction(query: QueryText): Evaluate {
  let left = negation(query);
  while (query.accept('and')) {
    const [first, second] = [left, negation(query)];
    left = (row) => isTrue(first(row)) && isTrue(second(row));
  }
  return left;
}

function negation(query: QueryText): Evaluate {
  if (!query.accept('not')) return comparison(query);
  const inner = query.deeper(() => negation(query));
  return (row) => !isTrue(inner(row));
}

export function isTrue(value: Value): boolean {
  return value === true;
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '>': (order) => order > 0,
};

/** A field that a row does not have equals nothing, and differs from everything. */
function comparison(query: QueryText): Evaluate {
  const left = sum(query);
  if (query.accept('=~')) return matching(left, readPattern(query));
  const isNegated = query.accept('not');
  if (query.accept('like')) {
    const like = matching(left, readPattern(query));
    return isNegated ? (row) => !isTrue(like(row)) : like;
  }
  if (query.accept('in')) {
    const values = readList(query, '[', ']');
    const isIn: Evaluate = (row) => {
      const value = left(row);
      return value !== undefined && values.some(({ of }) => compareValues(value, of(row)) === 0);
    };
    return isNegated ? (row) => !isTrue(isIn(row)) : isIn;
  }
  if (isNegated) query.fail();
  const symbol = ['!=', '<=', '>=', '=', '<', '>'].find((candidate) => query.accept(candidate));
  if (symbol === undefined) return left;
  const right = sum(query);
  return (row) => {
    const [a, b] = [left(row), right(row)];
    if (a === undefined || b === undefined) return symbol === '!=';
    return operators[symbol]?.(compareValues(a, b)) ?? false;
  };
}

/** What stands behind `like`: a part of the text, or a regular expression. */
function readPattern(query: QueryText): RegExp | string {
  return readRegex(query) ?? readText(query) ?? query.fail();
}

function matching(left: Evaluate, pattern: RegExp | string): Evaluate {
  return (row) => {
    const value = left(row);
    if (value === undefined) return false;
    return typeof pattern === 'string' ? textOf(value).includes(pattern) : pattern.test(textOf(value));
  };
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

function sum(query: QueryText): Evaluate {
  return operation(query, ['+', '-'], product);
}

function product(query: QueryText): Evaluate {
  return operation(query, ['*', '/', '%'], primary);
}

function operation(query: QueryText, symbols: readonly string[], operand: (query: QueryText) => Evaluate): Evaluate {
  let left = operand(query);
  for (;;) {
    const symbol = symbols.find((candidate) => query.accept(candidate));
    if (symbol === undefined) return left;
    const [first, second] = [left, operand(query)];
    left = (row) => {
      const [a, b] = [numberOf(first(row)), numberOf(second(row))];
      return a === undefined || b === undefined ? undefined : arithmetic[symbol]?.(a, b);
    };
  }
}

const numberPattern = /\d+(?:\.\d+)?/y;

function primary(query: QueryText): Evaluate {
  if (query.accept('(')) {
    const inner = query.deeper(() => disjunction(query));
    query.expect(')');
    return inner;
  }
  if (query.accept('-')) {
    const inner = query.deeper(() => primary(query));
    return (row) => {
      const number = numberOf(inner(row));
      return number === undefined ? undefined : -number;
    };
  }
  const number = query.take(numberPattern)?.[0];
  if (number !== undefined) return () => Number(number);
  const text = readText(query);
  if (text !== undefined) return () => text;
  const field = readField(query) ?? query.fail();
  if (query.accept('(')) return query.deeper(() => call(query, field.toLowerCase()));
  return (row) => row.get(field);
}

/** Expressions between brackets, of which the first is read already when it is an opening parenthesis. */
export function readList(query: QueryText, open: string, close: string): Expression[] {
  query.expect(open);
  return readRest(query, close);
}

function readRest(query: QueryText, close: string): Expression[] {
  if (query.accept(close)) return [];
  const list = [readExpression(query)];
  while (query.accept(',')) list.push(readExpression(query));
  query.expect(close);
  return list;
}

const text = (value: Value) => (value === undefined ? undefined : textOf(value));
const ofNumber = (apply: (number: number) => number) => (values: readonly Value[]) => {
  const number = numberOf(values[0]);
  return number === undefined ? undefined : apply(number);
};
const ofText = (apply: (value: string) => Value) => (values: readonly Value[]) => {
  const value = text(values[0]);
  return value === undefined ? undefined : apply(value);
};

/** CloudWatch Logs User Guide, "CloudWatch Logs Insights language query syntax": functions that are here. */
const functions: Readonly<Record<string, (values: readonly Value[]) => Value>> = {
  abs: ofNumber(Math.abs),
  ceil: ofNumber(Math.ceil),
  coalesce: (values) => values.find((value) => value !== undefined),
  concat: (values) => values.map((value) => text(value) ?? '').join(''),
  floor: ofNumber(Math.floor),
  frommillis: ofNumber((number) => number),
  isblank: ([value]) => (text(value) ?? '').trim() === '',
  isempty: ([value]) => (text(value) ?? '') === '',
  ispresent: ([value]) => value !== undefined,
  replace: (values) => {
    const [value, part, other] = values.map(text);
    return value === undefined ? undefined : value.replaceAll(part ?? '', other ?? '');
  },
  strcontains: ([value, part]) => Number((text(value) ?? '').includes(text(part) ?? '')),
  strlen: ofText((value) => value.length),
  substr: ([value, start, length]) =>
    text(value)?.substr(numberOf(start) ?? 0, length === undefined ? Infinity : numberOf(length)),
  tolower: ofText((value) => value.toLowerCase()),
  tomillis: ofNumber((number) => number),
  toupper: ofText((value) => value.toUpperCase()),
  trim: ofText((value) => value.trim()),
};

function call(query: QueryText, name: string): Evaluate {
  if (name === 'bin') return bin(query);
  const apply = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (apply === undefined) throw notImplemented('Logs Insights', `the function ${name}`);
  const values = readRest(query, ')');
  const evaluate: Evaluate = (row) => apply(values.map(({ of }) => of(row)));
  if (name !== 'frommillis') return evaluate;
  return (row) => {
    const atMs = numberOf(evaluate(row));
    return atMs === undefined ? undefined : new Moment(atMs);
  };
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `bin(5m)`: the time of the event, rounded down. */
function bin(query: QueryText): Evaluate {
  const [, count = '1', unit = ''] = query.take(/(\d+)\s*(ms|[smhdw])\b/y) ?? query.fail();
  query.expect(')');
  const periodMs = Number(count) * (unitMs[unit] ?? 0);
  return (row) => {
    const at = row.get('@timestamp');
    return at instanceof Moment ? new Moment(at.atMs - (at.atMs % periodMs)) : undefined;
  };
}
