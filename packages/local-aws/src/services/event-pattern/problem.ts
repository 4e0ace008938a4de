import { isIPv4, isIPv6 } from 'node:net';
import { isObject } from '../../endpoint/json.ts';

/**
 * What keeps a text from being a pattern, by the rules of Event Ruler, AWS's library for such patterns (aws/event-ruler,
 * JsonRuleCompiler). A pattern that can never match must not get past: it would drop every event.
 *
 * @returns why the pattern cannot be used, or undefined when it can.
 */
export function patternTextProblem(text: string, known: Comparisons = filterComparisons): string | undefined {
  try {
    return patternProblem(JSON.parse(text), known);
  } catch {
    return `${text} is not JSON`;
  }
}

/** The comparisons that a pattern may have, and whether one can have the operand. */
type Comparisons = Readonly<Record<string, (operand: unknown) => boolean>>;

function patternProblem(pattern: unknown, known: Comparisons, path = ''): string | undefined {
  if (!isObject(pattern)) return `${path === '' ? 'the pattern' : path} must be a JSON object or a list of values`;
  return firstProblem(Object.entries(pattern), ([key, rule]) => {
    const below = `${path}/${key}`;
    if (!Array.isArray(rule)) return patternProblem(rule, known, below);
    return key === '$or' ? eitherProblem(rule, known, below) : listProblem(rule, known, below);
  });
}

function eitherProblem(patterns: readonly unknown[], known: Comparisons, path: string): string | undefined {
  if (patterns.length < 2 || !patterns.every(isObject)) return `${path} must list two JSON objects or more`;
  return firstProblem(patterns, (pattern) => patternProblem(pattern, known, path));
}

function listProblem(rules: readonly unknown[], known: Comparisons, path: string): string | undefined {
  if (rules.length === 0) return `${path} lists no value`;
  return firstProblem(rules, (rule) => {
    if (Array.isArray(rule)) return `${path} holds a list in its list of values`;
    return isObject(rule) ? comparisonProblem(rule, known, path) : undefined;
  });
}

function comparisonProblem(rule: Record<string, unknown>, known: Comparisons, path: string): string | undefined {
  const [name, ...others] = Object.keys(rule);
  if (name === undefined || others.length > 0 || !Object.hasOwn(known, name)) {
    return `${path} has the comparison ${JSON.stringify(rule)}, known are ${Object.keys(known).join(', ')}`;
  }
  if (known[name]?.(rule[name]) === true) return undefined;
  return `${path} has ${JSON.stringify(rule)}, and ${name} cannot be compared with that`;
}

const isText = (operand: unknown) => typeof operand === 'string';
const isNumber = (operand: unknown) => typeof operand === 'number';

/** Of filters of event source mappings (Lambda Developer Guide, "Filter rule syntax"). */
const filterComparisons: Comparisons = {
  exists: (operand) => typeof operand === 'boolean',
  prefix: isText,
  suffix: isText,
  'equals-ignore-case': isText,
  'anything-but': (operand) => {
    if (isObject(operand)) {
      return comparisonProblem(operand, filterComparisons, '') === undefined && Object.values(operand).every(isText);
    }
    const values = [operand].flat();
    return values.length > 0 && (values.every(isText) || values.every(isNumber));
  },
  numeric: (operand) => Array.isArray(operand) && isRange(operand),
};

/** A text, or a text for which case does not count: `{ "equals-ignore-case": "a" }`. */
const isTextOfAnyCase = (operand: unknown) =>
  isText(operand) ||
  (isObject(operand) && Object.keys(operand).join() === 'equals-ignore-case' && isText(operand['equals-ignore-case']));

/** Two `*` in a row are refused by Event Ruler (EventBridge User Guide, "Wildcard matching"). */
const isWildcard = (operand: unknown) =>
  typeof operand === 'string' && !/(?<!\\)\*\*/.test(operand) && !/\\(?![*\\])/.test(operand.replaceAll('\\\\', ''));

/** What can stand in `{ "anything-but": { "prefix": … } }`: one operand or a list. */
const exceptions: Comparisons = {
  prefix: isText,
  suffix: isText,
  'equals-ignore-case': isText,
  wildcard: isWildcard,
};

/** Of event patterns of rules (EventBridge User Guide, "Comparison operators for use in event patterns"). */
export const ruleComparisons: Comparisons = {
  exists: filterComparisons['exists']!,
  prefix: isTextOfAnyCase,
  suffix: isTextOfAnyCase,
  'equals-ignore-case': isText,
  wildcard: isWildcard,
  'anything-but': (operand) => {
    if (isObject(operand)) {
      const [name = ''] = Object.keys(operand);
      const values = [operand[name]].flat();
      const fits = Object.hasOwn(exceptions, name) ? exceptions[name] : undefined;
      return Object.keys(operand).length === 1 && values.length > 0 && values.every((one) => fits?.(one) === true);
    }
    const values = [operand].flat();
    return values.length > 0 && (values.every(isText) || values.every(isNumber));
  },
  numeric: filterComparisons['numeric']!,
  cidr: (operand) => typeof operand === 'string' && isBlock(operand),
};

/** `10.0.0.0/24`, `2001:db8::/32`. */
function isBlock(text: string): boolean {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && Number(bits) <= 128);
}

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
