import { isObject } from '../../endpoint/json.ts';
import { matchesPattern, parseObject, type Pattern } from '../event-pattern/match.ts';
import type { MessageAttributes } from '../sqs/message.ts';
import { filterPolicyProblem, type FilterScope } from './filter-policy-problem.ts';

/** Which messages a subscription gets. */
export interface FilterPolicy {
  /** As given: what GetSubscriptionAttributes answers. */
  readonly text: string;
  readonly pattern: Pattern;
}

/** A filter policy that SNS refuses; the message is SNS's, from `FilterPolicy:` on. */
export class InvalidFilterPolicy extends Error {
  override readonly name = 'InvalidFilterPolicy';
}

/** @throws {InvalidFilterPolicy} */
export function readFilterPolicy(text: string, scope: FilterScope): FilterPolicy {
  const policy = parsed(text);
  const problem = filterPolicyProblem(policy, scope);
  if (problem !== undefined) throw new InvalidFilterPolicy(problem);
  const pattern = policy as Pattern;
  return { text, pattern: scope === 'MessageBody' ? (unfolded(pattern) as Pattern) : pattern };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidFilterPolicy('FilterPolicy: failed to parse JSON.');
  }
}

/** What a filter policy sees of a message. */
export interface FilteredMessage {
  /** For the protocol of the subscription. */
  readonly text: string;
  readonly attributes: MessageAttributes;
}

/** Whether the message passes. A policy for bodies lets no message pass that is not a JSON object. */
export function passesPolicy({ pattern }: FilterPolicy, scope: FilterScope, message: FilteredMessage): boolean {
  if (scope === 'MessageAttributes') return matchesPattern(pattern, attributeValues(message.attributes));
  const body = parseObject(message.text);
  return body !== undefined && matchesPattern(pattern, unfolded(body) as Record<string, unknown>);
}

/**
 * Attributes as policies compare them. Binary ones are ignored (SNS Developer Guide, "Filter policy constraints"); of an
 * array each element counts by itself, as an element of the message's body does.
 */
function attributeValues(attributes: MessageAttributes): Record<string, unknown> {
  const values = Object.create(null) as Record<string, unknown>;
  for (const [name, { DataType: type, StringValue: value = '' }] of Object.entries(attributes)) {
    if (type.startsWith('Binary')) continue;
    if (type.endsWith('.Array')) values[name] = elements(value);
    else values[name] = type.startsWith('Number') ? Number(value) : value;
  }
  return values;
}

/** Of a `String.Array`: JSON text of a list. Any other text is one value. */
function elements(text: string): unknown {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : text;
  } catch {
    return text;
  }
}

/** Deeper objects stay as they are: a body of a million brackets would use up the stack. */
const deepest = 100;

/**
 * The same with `{"a.b": 1}` as `{"a": {"b": 1}}`: SNS takes the two for the same, in policies and in bodies (recorded
 * by LocalStack, test_filter_policy_on_message_body_dot_attribute). Where both are there, both values count.
 */
function unfolded(value: unknown, depth = 0): unknown {
  if (depth > deepest) return value;
  if (Array.isArray(value)) return value.map((item) => unfolded(item, depth + 1));
  if (!isObject(value)) return value;
  const result = Object.create(null) as Record<string, unknown>;
  for (const [name, inner] of Object.entries(value)) {
    const path = name.split('.');
    const [first = '', ...rest] = path.length > deepest ? [name] : path;
    const below = rest.reduceRight<unknown>((under, step) => ({ [step]: under }), unfolded(inner, depth + 1));
    merge(result, first, below, depth);
  }
  return result;
}

function merge(target: Record<string, unknown>, name: string, value: unknown, depth: number): void {
  const present = Object.hasOwn(target, name) ? target[name] : undefined;
  if (present === undefined) target[name] = value;
  else if (isObject(present) && isObject(value) && depth < deepest) {
    for (const [inner, under] of Object.entries(value)) merge(present, inner, under, depth + 1);
  } else target[name] = [present, value].flat();
}
