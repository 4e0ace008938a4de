/**
 * Lambda's event filtering for SQS (Lambda Developer Guide, "Using event filtering with an Amazon SQS event source").
 * A pattern names fields; a record passes when every named field holds one of the listed values or satisfies one of
 * the listed comparisons.
 */
export type Pattern = { readonly [key: string]: Pattern | readonly unknown[] };

type Comparison = (value: unknown, operand: unknown) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
  exists: (value, operand) => (value !== undefined) === operand,
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
  return texts.map((text) => {
    const problem = patternTextProblem(text);
    if (problem !== undefined) throw new Error(`Invalid filter pattern definition: ${problem}.`);
    return JSON.parse(text) as Pattern;
  });
}

/** @returns why the text of a pattern cannot be used, or undefined when it can. */
export function patternTextProblem(text: string): string | undefined {
  try {
    return patternProblem(JSON.parse(text));
  } catch {
    return `${text} is not JSON`;
  }
}

/** @returns why a pattern cannot be used, or undefined when it can. */
function patternProblem(pattern: unknown, path = ''): string | undefined {
  if (!isObject(pattern)) return `${path === '' ? 'the pattern' : path} must be a JSON object or a list of values`;
  for (const [key, rule] of Object.entries(pattern)) {
    const problem = Array.isArray(rule)
      ? listProblem(key, rule, `${path}/${key}`)
      : patternProblem(rule, `${path}/${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function listProblem(key: string, rules: readonly unknown[], path: string): string | undefined {
  if (rules.length === 0) return `${path} lists no value`;
  for (const rule of rules) {
    if (!isObject(rule)) continue;
    const problem = key === '$or' ? patternProblem(rule, path) : comparisonProblem(rule, path);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function comparisonProblem(rule: Record<string, unknown>, path: string): string | undefined {
  const [name, ...others] = Object.keys(rule);
  if (name !== undefined && others.length === 0 && Object.hasOwn(comparisons, name)) return undefined;
  return `${path} has the comparison ${JSON.stringify(rule)}, known are ${Object.keys(comparisons).join(', ')}`;
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
    if (Array.isArray(rule))
      return Array.isArray(field) ? field.some((item) => matchesList(rule, item)) : matchesList(rule, field);
    return isObject(field) ? matches(rule as Pattern, field) : matches(rule as Pattern, {});
  });
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
