import { notImplemented } from '../../../endpoint/unserved.ts';
import { type Expression, readExpression } from './expression.ts';
import { type QueryText, readField } from './query-text.ts';
import { compareValues, Moment, numberOf, type Row, textOf, type Value } from './row.ts';

/** What `stats` makes of a group of rows. */
export type Aggregate = (rows: readonly Row[]) => Value;

/** Functions of one value in each row. They see only the rows that have the value. */
const ofValues: Readonly<Record<string, (values: readonly Exclude<Value, undefined>[]) => Value>> = {
  avg: (values) => {
    const numbers = numbersOf(values);
    return numbers.length === 0 ? undefined : total(numbers) / numbers.length;
  },
  count: (values) => values.length,
  count_distinct: (values) => new Set(values.map(textOf)).size,
  max: (values) => values.toSorted(compareValues).at(-1),
  median: (values) => percentile(values, 50),
  min: (values) => values.toSorted(compareValues)[0],
  stddev: (values) => {
    const numbers = numbersOf(values);
    if (numbers.length === 0) return undefined;
    const mean = total(numbers) / numbers.length;
    return Math.sqrt(total(numbers.map((number) => (number - mean) ** 2)) / numbers.length);
  },
  sum: (values) => total(numbersOf(values)),
};

/** Reads a call of an aggregation function, such as `pct(ms, 99)`. */
export function aggregates(query: QueryText): Aggregate {
  const name = readField(query)?.toLowerCase() ?? query.fail();
  query.expect('(');
  if (name === 'count' && (query.accept('*') || query.accept(')'))) {
    query.accept(')');
    return (rows) => rows.length;
  }
  const expression = readExpression(query);
  if (name === 'pct' || name === 'percentile') {
    query.expect(',');
    const wanted = Number(query.take(/\d+(?:\.\d+)?/y)?.[0] ?? query.fail());
    query.expect(')');
    return (rows) => percentile(present(rows, expression), wanted);
  }
  query.expect(')');
  if (name === 'earliest' || name === 'latest') return atTheEnd(expression, name === 'earliest');
  const apply = Object.hasOwn(ofValues, name) ? ofValues[name] : undefined;
  if (apply === undefined) throw notImplemented('Logs Insights', `the function ${name} of stats`);
  return (rows) => apply(present(rows, expression));
}

function present(rows: readonly Row[], { of }: Expression): Exclude<Value, undefined>[] {
  return rows.flatMap((row) => of(row) ?? []);
}

/** The value of the first or the last event, by time, that has one. */
function atTheEnd({ of }: Expression, isFirst: boolean): Aggregate {
  return (rows) => {
    const having = rows.filter((row) => of(row) !== undefined);
    const sorted = having.toSorted((a, b) => compareValues(a.get('@timestamp'), b.get('@timestamp')));
    const row = sorted.at(isFirst ? 0 : -1);
    return row === undefined ? undefined : of(row);
  };
}

/** The smallest value that at least this part of all values does not exceed. Moments stay moments. */
function percentile(values: readonly Exclude<Value, undefined>[], percent: number): Value {
  const numeric = values.filter((value) => numberOf(value) !== undefined).toSorted(compareValues);
  const value = numeric[Math.max(Math.ceil((percent / 100) * numeric.length) - 1, 0)];
  return value instanceof Moment ? value : numberOf(value);
}

function numbersOf(values: readonly Value[]): number[] {
  return values.flatMap((value) => numberOf(value) ?? []);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
