import { isIPv4, isIPv6 } from 'node:net';
import { isObject } from '../../endpoint/json.ts';

/** Where a filter policy looks for the names that it has. */
export type FilterScope = 'MessageAttributes' | 'MessageBody';

/** SNS Developer Guide, "Filter policy constraints in Amazon SNS". Of a nested policy only the outermost keys count. */
const mostKeys = 5;
const mostCombinations = 150;

/**
 * Why SNS refuses a filter policy, in its own words without the place in the text that SNS adds. Sources: the answers
 * that LocalStack recorded (tests/aws/services/sns/test_sns_filter_policy.py), and where none is recorded, the messages
 * of Event Ruler, AWS's library for such policies (aws/event-ruler, JsonRuleCompiler).
 *
 * @returns the sentence, or undefined for a policy that SNS takes
 */
export function filterPolicyProblem(policy: unknown, scope: FilterScope): string | undefined {
  try {
    check(policy, scope);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

class Problem extends Error {
  override readonly name = 'Problem';
}

function refuse(message: string): never {
  throw new Problem(`FilterPolicy: ${message}`);
}

function check(policy: unknown, scope: FilterScope): void {
  if (!isObject(policy)) refuse('Filter is not an object');
  if (Object.keys(policy).length > mostKeys) refuse(`Filter policy can not have more than ${mostKeys} keys`);
  const combinations = countCombinations(policy, 1, 1);
  if (scope === 'MessageAttributes' && isNested(policy)) {
    throw new Problem('Filter policy scope MessageAttributes does not support nested filter policy');
  }
  if (combinations > mostCombinations) refuse('Filter policy is too complex');
  checkRules(policy);
}

/**
 * The values of all lists multiplied, each by the depth of its key; the alternatives of `$or` added up (recorded,
 * test_policy_complexity_with_or).
 */
function countCombinations(policy: Readonly<Record<string, unknown>>, depth: number, before: number): number {
  // A value so deep makes more combinations by itself.
  if (depth > mostCombinations) refuse('Filter policy is too complex');
  let combinations = before;
  for (const [key, value] of Object.entries(policy)) {
    if (isObject(value)) combinations = countCombinations(value, depth + 1, combinations);
    else if (!Array.isArray(value)) refuse(`"${key}" must be an object or an array`);
    else if (value.length === 0) refuse('Empty arrays are not allowed');
    else if (key === '$or') combinations = countAlternatives(value, depth, combinations);
    else combinations *= value.length * depth;
  }
  return combinations;
}

function countAlternatives(alternatives: readonly unknown[], depth: number, before: number): number {
  const objects = alternatives.map((alternative) =>
    isObject(alternative) ? alternative : refuse('Only JSON object is allowed in array of $or relationship.'),
  );
  if (objects.length < 2) refuse('There must have at least 2 Objects in $or relationship.');
  return objects.reduce((sum, alternative) => sum + countCombinations(alternative, depth, before), 0);
}

function isNested(policy: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(policy).some(
    ([key, value]) =>
      isObject(value) || (key === '$or' && Array.isArray(value) && value.filter(isObject).some(isNested)),
  );
}

function checkRules(policy: Readonly<Record<string, unknown>>): void {
  if (Object.keys(policy).length === 0) return;
  for (const [key, value] of Object.entries(policy)) {
    if (isObject(value)) {
      if (Object.keys(value).length === 0) refuse('Empty objects are not allowed');
      checkRules(value);
    }
    if (!Array.isArray(value)) continue;
    if (key === '$or') for (const alternative of value.filter(isObject)) checkRules(alternative);
    else for (const rule of value) checkRule(rule);
  }
}

function checkRule(rule: unknown): void {
  if (Array.isArray(rule)) refuse('Match value must be String, number, true, false, or null');
  if (!isObject(rule)) return;
  const [name, ...others] = Object.keys(rule);
  if (name === undefined) refuse('Match expression name not found');
  if (others.length > 0) refuse('Only one key allowed in match expression');
  const checkOperand = Object.hasOwn(operands, name) ? operands[name] : undefined;
  if (checkOperand === undefined) refuse(`Unrecognized match type ${name}`);
  checkOperand(rule[name]);
}

const text = (name: string) => (operand: unknown) => {
  if (typeof operand !== 'string') refuse(`${name} match pattern must be a string`);
};

/**
 * The operators of SNS (SNS Developer Guide, "Amazon SNS subscription filter policies"). The page does not list
 * `wildcard`. What SNS says to an unknown operator is recorded (LocalStack, test_sns_filter_policy.py:
 * test_validate_policy, with `wrong-operator`); what it says to `wildcard` itself is not.
 */
const operands: Readonly<Record<string, (operand: unknown) => void>> = {
  prefix: text('prefix'),
  suffix: text('suffix'),
  'equals-ignore-case': text('equals-ignore-case'),
  exists(operand) {
    if (typeof operand !== 'boolean') refuse('exists match pattern must be either true or false.');
  },
  'anything-but': checkAnythingBut,
  numeric(operand) {
    if (!Array.isArray(operand)) refuse('Value of numeric must be an array.');
    checkNumeric(operand);
  },
  cidr: checkCidr,
};

/** Of nested operators, SNS takes `prefix` only (recorded, test_validate_policy_nested_anything_but_operator). */
function checkAnythingBut(operand: unknown): void {
  if (isObject(operand)) {
    const [name, ...others] = Object.keys(operand);
    if (name === undefined) refuse('Anything-But expression name not found');
    if (name !== 'prefix') refuse(`Unsupported anything-but pattern: ${name}`);
    text(name)(operand[name]);
    if (others.length > 0) refuse('Only one key allowed in match expression');
    return;
  }
  if (!Array.isArray(operand)) {
    if (typeof operand === 'string' || typeof operand === 'number') return;
    refuse('Value of anything-but must be an array or single string/number value.');
  }
  const kinds = new Set(operand.map((value) => typeof value));
  if ([...kinds].some((kind) => kind !== 'string' && kind !== 'number')) {
    refuse('Inside anything but list, start|null|boolean is not supported.');
  }
  if (kinds.size !== 1) {
    refuse('Inside anything but list, either all values are number or string, mixed type is not supported');
  }
}

const relations = ['=', '<', '<=', '>', '>='];

/** One relation, or a lower bound and a higher one (recorded, test_validate_policy_numeric_operator). */
function checkNumeric([relation, bound, second, secondBound, ...others]: readonly unknown[]): void {
  if (typeof relation !== 'string')
    refuse(`Invalid member in numeric match: ${relation === undefined ? ']' : JSON.stringify(relation)}`);
  if (!relations.includes(relation)) refuse(`Unrecognized numeric range operator: ${relation}`);
  const low = checkBound(relation, bound);
  if (second === undefined) return;
  if (!relation.startsWith('>')) refuse('Too many elements in numeric expression');
  if (typeof second !== 'string') refuse(`Bad value in numeric range: ${JSON.stringify(second)}`);
  if (second !== '<' && second !== '<=') refuse(`Bad numeric range operator: ${second}`);
  if (checkBound(second, secondBound) <= low) refuse('Bottom must be less than top');
  if (others.length > 0) refuse('Too many terms in numeric range expression');
}

function checkBound(relation: string, bound: unknown): number {
  if (typeof bound === 'number') return bound;
  return refuse(`Value of ${relation === '=' ? 'equals' : relation} must be numeric`);
}

/** That SNS speaks of a prefix is recorded, test_validate_policy_string_operators; the widths are Event Ruler's. */
function checkCidr(operand: unknown): void {
  if (typeof operand !== 'string') refuse('prefix match pattern must be a string');
  const [address = '', bits, ...others] = operand.split('/');
  if (bits === undefined || bits === '' || others.length > 0) refuse("Malformed CIDR, one '/' required");
  if (!/^[+-]?\d{1,9}$/.test(bits)) refuse('Malformed CIDR, mask bits must be an integer');
  if (Number(bits) < 0) refuse('Malformed CIDR, mask bits must not be negative');
  if (!isIPv4(address) && !isIPv6(address)) refuse(`Nonstandard IP address: ${address}`);
  const width = isIPv4(address) ? 32 : 128;
  if (Number(bits) >= width) refuse(`IPv${isIPv4(address) ? 4 : 6} mask bits must be < ${width}`);
}
