import type { AccessRequest } from './request.ts';

/** Compares the value in the request with one value in the policy. */
type Comparison = (actual: string, expected: string) => boolean;

const sameText: Comparison = (actual, expected) => actual === expected;
const sameTextAnyCase: Comparison = (actual, expected) => actual.toLowerCase() === expected.toLowerCase();
const like: Comparison = (actual, expected) => matchesWildcard(expected, actual);

/** ArnEquals and ArnLike are the same: each of the six parts of an ARN may have wildcards. */
const arnLike: Comparison = (actual, expected) => {
  const actualParts = arnParts(actual);
  const expectedParts = arnParts(expected);
  return expectedParts.every((part, index) => matchesWildcard(part, actualParts[index] ?? ''));
};

function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** `negated` operators hold when no value of the policy fits, and when the key is missing from the request. */
interface Operator {
  readonly compare: Comparison;
  readonly negated?: true;
}

/** IAM User Guide, "IAM JSON policy elements: Condition operators"; dates, binary data and addresses are left out. */
const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { compare: sameText },
  StringNotEquals: { compare: sameText, negated: true },
  StringEqualsIgnoreCase: { compare: sameTextAnyCase },
  StringNotEqualsIgnoreCase: { compare: sameTextAnyCase, negated: true },
  StringLike: { compare: like },
  StringNotLike: { compare: like, negated: true },
  NumericEquals: { compare: (actual, expected) => Number(actual) === Number(expected) },
  NumericNotEquals: { compare: (actual, expected) => Number(actual) === Number(expected), negated: true },
  NumericLessThan: { compare: (actual, expected) => Number(actual) < Number(expected) },
  NumericLessThanEquals: { compare: (actual, expected) => Number(actual) <= Number(expected) },
  NumericGreaterThan: { compare: (actual, expected) => Number(actual) > Number(expected) },
  NumericGreaterThanEquals: { compare: (actual, expected) => Number(actual) >= Number(expected) },
  Bool: { compare: sameTextAnyCase },
  ArnEquals: { compare: arnLike },
  ArnLike: { compare: arnLike },
  ArnNotEquals: { compare: arnLike, negated: true },
  ArnNotLike: { compare: arnLike, negated: true },
};

interface ParsedOperator {
  readonly name: string;
  readonly quantifier: 'ForAnyValue' | 'ForAllValues' | undefined;
  readonly ifExists: boolean;
}

function parseOperator(text: string): ParsedOperator {
  const match = /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/u.exec(text);
  const quantifier = match?.[1] as ParsedOperator['quantifier'];
  return { name: match?.[2] ?? text, quantifier, ifExists: match?.[3] !== undefined };
}

/** Whether a condition operator, with its quantifier and `IfExists`, is evaluated here. */
export function isKnownOperator(text: string): boolean {
  const { name, ifExists } = parseOperator(text);
  return Object.hasOwn(operators, name) || (name === 'Null' && !ifExists);
}

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Whether every operator and key of a `Condition` element holds. Operators must be known (policies.ts). */
export function conditionHolds(condition: Condition | undefined, request: Pick<AccessRequest, 'context'>): boolean {
  return Object.entries(condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) =>
      holds(parseOperator(operator), request.context[key.toLowerCase()], [expected].flat().map(String)),
    ),
  );
}

function holds(
  { name, quantifier, ifExists }: ParsedOperator,
  actual: string | readonly string[] | undefined,
  expected: readonly string[],
): boolean {
  if (name === 'Null') return expected.some((value) => (value.toLowerCase() === 'true') === (actual === undefined));
  const operator = operators[name];
  if (operator === undefined) return false;
  if (actual === undefined) {
    if (quantifier !== undefined) return quantifier === 'ForAllValues' || ifExists;
    return ifExists || operator.negated === true;
  }
  const fits = (one: string): boolean =>
    expected.some((value) => operator.compare(one, value)) !== (operator.negated === true);
  // For a key with one value there is no difference. AWS asks for a quantifier where a key can have several values.
  const isForAll = quantifier === undefined ? operator.negated === true : quantifier === 'ForAllValues';
  const values = typeof actual === 'string' ? [actual] : actual;
  return isForAll ? values.every(fits) : values.some(fits);
}

const compiled = new Map<string, RegExp>();

/** Whether `text` fits a pattern of IAM: `*` is any characters, `?` one; everything else is itself. */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (pattern === '*' || pattern === text) return true;
  if (!/[*?]/u.test(pattern)) return false;
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    const source = pattern.replaceAll(/[\\^$.|+()[\]{}]/gu, String.raw`\$&`);
    expression = new RegExp(`^${source.replaceAll(/\*+/gu, '.*').replaceAll('?', '.')}$`, 'su');
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}
