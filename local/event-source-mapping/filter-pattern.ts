import { isObject, mostFilters, patternTextProblem } from './pattern-problem.ts';

/**
 * Lambda's event filtering for SQS (Lambda Developer Guide, "Using event filtering with an Amazon SQS event source").
 * A pattern names fields; a record passes when every named field holds one of the listed values or satisfies one of
 * the listed comparisons.
 */
export type Pattern = { readonly [key: string]: Pattern | readonly unknown[] };

type Comparison = (value: unknown, operand: unknown) => boolean;

/** `exists` looks for values: an object does not count (EventBridge User Guide, "Comparison operators"; Event Ruler). */
const comparisons: Readonly<Record<string, Comparison>> = {
  exists: (value, operand) => (value !== undefined && !isObject(value)) === operand,
  prefix: (value, operand) => typeof value === 'string' && value.startsWith(String(operand)),
  suffix: (value, operand) => typeof value === 'string' && value.endsWith(String(operand)),
  'equals-ignore-case': (value, operand) =>
    typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase(),
  'anything-but': (value, operand) => value !== undefined && !matchesList([operand].flat(), value),
  numeric: (value, operand) => typeof value === 'number' && Array.isArray(operand) && isWithin(operand, value),
};

const relations: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** @throws {Error} that says what is wrong with which pattern. */
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
    return json !== undefined && matches(rule as Pattern, json);
  });
}

function matches(pattern: Pattern, value: Record<string, unknown>): boolean {
  return Object.entries(pattern).every(([key, rule]) => {
    if (key === '$or' && Array.isArray(rule))
      return rule.some((either) => isObject(either) && matches(either as Pattern, value));
    const field = Object.hasOwn(value, key) ? value[key] : undefined;
    if (Array.isArray(rule)) return valuesOf(field).some((item) => matchesList(rule, item));
    return valuesOf(field).some((item) => matches(rule as Pattern, isObject(item) ? item : {}));
  });
}

/**
 * A list's items, of lists in it too; an empty list is as good as no field. Only to a depth that no order has: a body
 * of a million brackets would use up the stack.
 */
function valuesOf(field: unknown): unknown[] {
  const values = [field].flat(100);
  return values.length === 0 ? [undefined] : values;
}

function matchesList(rules: readonly unknown[], value: unknown): boolean {
  return rules.some((rule) => (isObject(rule) ? compares(rule, value) : rule === value));
}

function compares(rule: Record<string, unknown>, value: unknown): boolean {
  return Object.entries(rule).every(([name, operand]) => comparisons[name]?.(value, operand) ?? false);
}

/** `range` is operators and bounds in turn: `[">", 0, "<=", 5]`. */
function isWithin(range: readonly unknown[], value: number): boolean {
  return range.every(
    (operator, index) => index % 2 === 1 || (relations[String(operator)]?.(value, Number(range[index + 1])) ?? false),
  );
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
