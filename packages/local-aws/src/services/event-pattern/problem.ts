import { isObject } from '../../endpoint/json.ts';

/**
 * What keeps a text from being a pattern, by the rules of Event Ruler, AWS's library for such patterns (aws/event-ruler,
 * JsonRuleCompiler). A pattern that can never match must not get past: it would drop every event.
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
