import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { isObject } from '../../endpoint/json.ts';

/**
 * Patterns that choose events by what stands in them, as event source mappings, SNS and EventBridge have them. A pattern
 * names fields; an event passes when every named field holds one of the listed values or satisfies one of the listed
 * comparisons. Source: aws/event-ruler, AWS's library for such patterns.
 */
export type Pattern = { readonly [key: string]: Pattern | readonly unknown[] };

type Comparison = (value: unknown, operand: unknown) => boolean;

/** `exists` looks for values: an object does not count (EventBridge User Guide, "Comparison operators"; Event Ruler). */
const comparisons: Readonly<Record<string, Comparison>> = {
  exists: (value, operand) => (value !== undefined && !isObject(value)) === operand,
  prefix: textComparison((value, operand) => value.startsWith(operand)),
  suffix: textComparison((value, operand) => value.endsWith(operand)),
  'equals-ignore-case': textComparison((value, operand) => value.toLowerCase() === operand.toLowerCase()),
  wildcard: textComparison((value, operand) => wildcard(operand).test(value)),
  'anything-but': (value, operand) => value !== undefined && !matchesList([operand].flat(), value),
  numeric: (value, operand) => typeof value === 'number' && Array.isArray(operand) && isWithin(operand, value),
  cidr: (value, operand) => typeof value === 'string' && isInBlock(value, String(operand)),
};

/**
 * Compares texts. An operand may be a list, of which one has to fit, or `{ "equals-ignore-case": "a" }`, by which case
 * does not count (EventBridge User Guide, "Comparison operators for use in event patterns").
 */
function textComparison(compare: (value: string, operand: string) => boolean): Comparison {
  return (value, operand) =>
    typeof value === 'string' &&
    [operand].flat().some((one) => {
      if (!isObject(one)) return compare(value, String(one));
      return compare(value.toLowerCase(), String(one['equals-ignore-case']).toLowerCase());
    });
}

/** `*` stands for any characters, `\*` and `\\` for themselves. */
function wildcard(operand: string): RegExp {
  const parts = operand.match(/\\[*\\]|\*|[^*\\]+|\\/g) ?? [];
  const source = parts.map((part) =>
    part === '*' ? '.*' : part.replace(/^\\(?=[*\\])/, '').replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`),
  );
  return new RegExp(`^${source.join('')}$`, 's');
}

const numericRelations: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** Whether the event passes the pattern. */
export function matchesPattern(pattern: Pattern, value: Record<string, unknown>): boolean {
  return Object.entries(pattern).every(([key, rule]) => {
    if (key === '$or' && Array.isArray(rule))
      return rule.some((either) => isObject(either) && matchesPattern(either as Pattern, value));
    const field = Object.hasOwn(value, key) ? value[key] : undefined;
    if (Array.isArray(rule)) return valuesOf(field).some((item) => matchesList(rule, item));
    return valuesOf(field).some((item) => matchesPattern(rule as Pattern, isObject(item) ? item : {}));
  });
}

/**
 * A list's items, of lists in it too; an empty list is as good as no field. Only to a depth that no order has: a body
 * of a million brackets would use up the stack.
 */
export function valuesOf(field: unknown): unknown[] {
  const values = [field].flat(100);
  return values.length === 0 ? [undefined] : values;
}

/** Whether one of the listed values and comparisons fits the value, which is undefined for an absent field. */
export function matchesList(rules: readonly unknown[], value: unknown): boolean {
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

/** Whether the text is an address of the block (`10.0.0.0/24`, `2001:db8::/32`). */
function isInBlock(address: string, block: string): boolean {
  const [start = '', bits = ''] = block.split('/');
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  if (family === undefined || (isIPv4(start) ? 'ipv4' : 'ipv6') !== family) return false;
  const blocks = new BlockList();
  blocks.addSubnet(start, Number(bits), family);
  return blocks.check(address, family);
}

/** The JSON object that a text is; undefined for any other text. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
