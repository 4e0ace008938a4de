import type { SourceMessage, SourceQueue } from './source-queue.ts';

/**
 * Lambda's event filtering for SQS (Lambda Developer Guide, "Using event filtering with an Amazon SQS event source").
 * A pattern names fields; a record passes when every named field holds one of the listed values or satisfies one of
 * the listed comparisons.
 */
type Pattern = { readonly [key: string]: Pattern | readonly unknown[] };

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

const numericRelations: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
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
    (operator, index) =>
      index % 2 === 1 || (numericRelations[String(operator)]?.(value, Number(range[index + 1])) ?? false),
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

/**
 * Of filters in a mapping, unless the account's quota is raised (Lambda Developer Guide, "Control which events Lambda
 * sends to your function").
 */
export const mostFilters = 5;

/**
 * What Lambda refuses in the text of a filter pattern (Lambda Developer Guide, "Filter rule syntax"). Its errors give
 * no reasons, so the rules follow Event Ruler, AWS's library for such patterns (aws/event-ruler, JsonRuleCompiler). A
 * pattern that can never match must not get past: the mapping would delete every message.
 *
 * @returns why the pattern cannot be used, or undefined when it can.
 */
export function patternTextProblem(text: string): string | undefined {
  try {
    return patternProblem(JSON.parse(text));
  } catch {
    return `${text} is not JSON`;
  }
}

function patternProblem(pattern: unknown, path = ''): string | undefined {
  if (!isObject(pattern)) return `${path === '' ? 'the pattern' : path} must be a JSON object or a list of values`;
  return firstProblem(Object.entries(pattern), ([key, rule]) => {
    const below = `${path}/${key}`;
    if (!Array.isArray(rule)) return patternProblem(rule, below);
    return key === '$or' ? eitherProblem(rule, below) : listProblem(rule, below);
  });
}

function eitherProblem(patterns: readonly unknown[], path: string): string | undefined {
  if (patterns.length < 2 || !patterns.every(isObject)) return `${path} must list two JSON objects or more`;
  return firstProblem(patterns, (pattern) => patternProblem(pattern, path));
}

function listProblem(rules: readonly unknown[], path: string): string | undefined {
  if (rules.length === 0) return `${path} lists no value`;
  return firstProblem(rules, (rule) => {
    if (Array.isArray(rule)) return `${path} holds a list in its list of values`;
    return isObject(rule) ? comparisonProblem(rule, path) : undefined;
  });
}

function comparisonProblem(rule: Record<string, unknown>, path: string): string | undefined {
  const [name, ...others] = Object.keys(rule);
  if (name === undefined || others.length > 0 || !Object.hasOwn(operands, name)) {
    return `${path} has the comparison ${JSON.stringify(rule)}, known are ${Object.keys(operands).join(', ')}`;
  }
  if (operands[name]?.(rule[name]) === true) return undefined;
  return `${path} has ${JSON.stringify(rule)}, and ${name} cannot be compared with that`;
}

const isText = (operand: unknown) => typeof operand === 'string';
const isNumber = (operand: unknown) => typeof operand === 'number';

/** The comparisons, and whether one can have the operand. */
const operands: Readonly<Record<string, (operand: unknown) => boolean>> = {
  exists: (operand) => typeof operand === 'boolean',
  prefix: isText,
  suffix: isText,
  'equals-ignore-case': isText,
  'anything-but': (operand) => {
    if (isObject(operand)) return comparisonProblem(operand, '') === undefined && Object.values(operand).every(isText);
    const values = [operand].flat();
    return values.length > 0 && (values.every(isText) || values.every(isNumber));
  },
  numeric: (operand) => Array.isArray(operand) && isRange(operand),
};

/** One relation, or a lower bound and a higher one, in this order: `[">", 0, "<=", 5]`. */
function isRange(parts: readonly unknown[]): boolean {
  const bounds = parts.filter((_, index) => index % 2 === 1);
  const relations = parts.filter((_, index) => index % 2 === 0).join(' ');
  if (bounds.length * 2 !== parts.length || !bounds.every(isNumber)) return false;
  return /^(?:=|[<>]=?)$/.test(relations) || (/^>=? <=?$/.test(relations) && Number(bounds[0]) < Number(bounds[1]));
}

function firstProblem<T>(items: readonly T[], problemOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Whether the value is a JSON object: neither null nor a list. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
