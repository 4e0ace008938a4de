import { notImplemented } from '../../../endpoint/unserved.ts';
import { type Aggregate, aggregates } from './aggregates.ts';
import { type Expression, isTrue, readExpression } from './expression.ts';
import { malformed, QueryText, readField, readRegex, readText } from './query-text.ts';
import { compareValues, type Row, rowWith, textOf, type Value } from './row.ts';

/**
 * A query of CloudWatch Logs Insights, read: what is done with each event on its own, and what is done with all of them
 * together then. A part of the language is here (User Guide, "CloudWatch Logs Insights language query syntax"): `fields`,
 * `display`, `filter`, `parse`, `stats`, `sort`, `dedup` and `limit`. What is not here is refused by its name.
 */
export interface Query {
  /** Undefined for an event that the query leaves out. */
  readonly each: (row: Row) => Row | undefined;
  readonly together: (rows: readonly Row[]) => readonly Row[];
  /** The columns of the results. */
  readonly columns: readonly string[];
  /** Whether rows are still events at the end, so that each has a pointer to its event. */
  readonly ofEvents: boolean;
}

/** `columns`: those that the command adds to the results, or (`replaces`) puts in place of the others. */
interface Columns {
  readonly columns?: readonly string[];
  readonly replaces?: true;
}

type Step = Columns &
  (
    | { readonly kind: 'each'; readonly apply: (row: Row) => Row | undefined }
    | {
        readonly kind: 'together';
        readonly name: 'dedup' | 'limit' | 'sort' | 'stats';
        readonly apply: (rows: readonly Row[]) => readonly Row[];
      }
  );

const commands: Readonly<Record<string, (query: QueryText) => Step>> = {
  dedup,
  display: (query) => ({ ...fields(query), replaces: true }),
  fields,
  filter,
  limit,
  parse,
  sort,
  stats,
};

/** StartQuery's default, and the most that it takes (Logs API reference). */
export const mostResults = 10_000;

const mostCharacters = 10_000;

/**
 * @throws {AwsError} `MalformedQueryException` for what is no query, `NotImplemented` for what is not here
 */
export function readQuery(text: string, limitOfRequest = mostResults): Query {
  if (text.length > mostCharacters) throw malformed(`the query has more than ${mostCharacters} characters`);
  const query = new QueryText(text);
  const steps: Step[] = [];
  while (!query.ended) {
    const name = query.take(/[A-Za-z]+/y)?.[0].toLowerCase() ?? query.fail();
    const read = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (read === undefined) throw notImplemented('Logs Insights', `the command ${name}`);
    steps.push(read(query));
    if (!query.accept('|') && !query.ended) query.fail();
  }
  if (steps.length === 0) throw malformed('the query is empty');
  return assembled(steps, limitOfRequest);
}

function assembled(steps: readonly Step[], limitOfRequest: number): Query {
  const firstTogether = steps.findIndex(({ kind }) => kind === 'together');
  const leading = firstTogether === -1 ? steps : steps.slice(0, firstTogether);
  const following = firstTogether === -1 ? [] : steps.slice(firstTogether);
  const names = steps.flatMap((step) => (step.kind === 'together' ? [step.name] : []));
  return {
    each: (row) => leading.reduce<Row | undefined>((now, step) => now && applyEach(step, now), row),
    together(rows) {
      let now = names.includes('sort') || names.includes('stats') ? rows : newestFirst(rows);
      for (const step of following) {
        now = step.kind === 'together' ? step.apply(now) : now.flatMap((row) => step.apply(row) ?? []);
      }
      return now.slice(0, limitOfRequest);
    },
    columns: columnsOf(steps),
    ofEvents: !names.includes('stats'),
  };
}

function newestFirst(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => compareValues(b.get('@timestamp'), a.get('@timestamp')));
}

function applyEach(step: Step, row: Row): Row | undefined {
  return step.kind === 'each' ? step.apply(row) : row;
}

/** Those of all `fields` since the last `stats`, or of the last `display`; without any, an event's time and text. */
function columnsOf(steps: readonly Step[]): readonly string[] {
  let columns: readonly string[] = [];
  for (const { columns: own, replaces } of steps) {
    if (own !== undefined) columns = replaces === true ? own : [...new Set([...columns, ...own])];
  }
  return columns.length === 0 ? ['@timestamp', '@message'] : columns;
}

interface Named extends Expression {
  readonly column: string;
}

/** `a, b / 2 as half`. */
function readNamed(query: QueryText): Named[] {
  const list: Named[] = [];
  do {
    const expression = readExpression(query);
    list.push({
      ...expression,
      column: query.accept('as') ? (readField(query) ?? query.fail()) : plain(expression.name),
    });
  } while (query.accept(','));
  return list;
}

/** A field's name without the backticks around it. */
function plain(name: string): string {
  return /^`[^`]+`$/.test(name) ? name.slice(1, -1) : name;
}

function valuesOf(named: readonly Named[], row: Row): Map<string, Value> {
  return new Map(named.map(({ column, of }) => [column, of(row)]));
}

function fields(query: QueryText): Step {
  const named = readNamed(query);
  return {
    kind: 'each',
    apply: (row) => rowWith(row, valuesOf(named, row)),
    columns: named.map(({ column }) => column),
  };
}

function filter(query: QueryText): Step {
  const { of } = readExpression(query);
  return { kind: 'each', apply: (row) => (isTrue(of(row)) ? row : undefined) };
}

/** `parse @message "user=*, took *" as user, took`, or with a regular expression and its named groups. */
function parse(query: QueryText): Step {
  const field = readField(query) ?? '@message';
  const regex = readRegex(query) ?? globOf(readText(query) ?? query.fail());
  const names: string[] = [];
  if (query.accept('as')) {
    do names.push(readField(query) ?? query.fail());
    while (query.accept(','));
  }
  const apply = (row: Row): Row => {
    const value = row.get(field);
    const match = value === undefined ? null : regex.exec(textOf(value));
    const groups =
      names.length > 0
        ? names.map((name, index) => [name, match?.[index + 1]] as const)
        : Object.entries(match?.groups ?? {});
    return rowWith(row, new Map(groups));
  };
  return { kind: 'each', apply };
}

/** An asterisk takes as little as it can, but the last one, at the end, all that is left. */
function globOf(glob: string): RegExp {
  const parts = glob.split('*').map((part) => part.replaceAll(/[\\^$.|+?()[\]{}]/g, String.raw`\$&`));
  return new RegExp(`${parts.join('([^]*?)')}${glob.endsWith('*') ? '$' : ''}`);
}

function sort(query: QueryText): Step {
  const keys: { of: Expression['of']; factor: 1 | -1 }[] = [];
  do {
    const { of } = readExpression(query);
    const isDescending = query.accept('desc');
    if (!isDescending) query.accept('asc');
    keys.push({ of, factor: isDescending ? -1 : 1 });
  } while (query.accept(','));
  const order = (a: Row, b: Row) => {
    for (const { of, factor } of keys) {
      const compared = compareValues(of(a), of(b)) * factor;
      if (compared !== 0) return compared;
    }
    return 0;
  };
  return { kind: 'together', name: 'sort', apply: (rows) => rows.toSorted(order) };
}

function limit(query: QueryText): Step {
  const count = Number(query.take(/\d+/y)?.[0] ?? query.fail());
  return { kind: 'together', name: 'limit', apply: (rows) => rows.slice(0, count) };
}

/** Keeps the first row of each combination of values. */
function dedup(query: QueryText): Step {
  const named = readNamed(query);
  const apply = (rows: readonly Row[]) => {
    const seen = new Set<string>();
    return rows.filter((row) => {
      const key = keyOf(named, row);
      return !seen.has(key) && seen.add(key);
    });
  };
  return { kind: 'together', name: 'dedup', apply };
}

function keyOf(named: readonly Named[], row: Row): string {
  return JSON.stringify(
    [...valuesOf(named, row).values()].map((value) => (value === undefined ? null : textOf(value))),
  );
}

interface Counted {
  readonly column: string;
  readonly aggregate: Aggregate;
}

/** `count(*) as failures, avg(ms) by cause, bin(5m)`. */
function stats(query: QueryText): Step {
  const counted: Counted[] = [];
  do {
    const start = query.position;
    const aggregate = aggregates(query);
    const name = query.since(start);
    counted.push({ aggregate, column: query.accept('as') ? (readField(query) ?? query.fail()) : name });
  } while (query.accept(','));
  const by = query.accept('by') ? readNamed(query) : [];

  const apply = (rows: readonly Row[]): Row[] => {
    const groups = new Map<string, Row[]>();
    if (by.length === 0) groups.set('', []);
    for (const row of rows) {
      const key = by.length === 0 ? '' : keyOf(by, row);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
    return [...groups.values()].map((group) => {
      const results = counted.map(({ column, aggregate }) => [column, aggregate(group)] as const);
      const first = group[0];
      const keys = first === undefined ? [] : [...valuesOf(by, first)];
      return rowWith(undefined, new Map<string, Value>([...keys, ...results]));
    });
  };
  const columns = [...by.map(({ column }) => column), ...counted.map(({ column }) => column)];
  return { kind: 'together', name: 'stats', apply, columns, replaces: true };
}
