import { describe, expect, test } from '@jest/globals';
import { filterPolicyProblem, type FilterScope } from '../../src/services/sns/filter-policy-problem.ts';
import { passesPolicy, readFilterPolicy } from '../../src/services/sns/filter-policy.ts';
import type { MessageAttributes } from '../../src/services/sqs/message.ts';

const string = (StringValue: string) => ({ DataType: 'String', StringValue });
const number = (StringValue: string) => ({ DataType: 'Number', StringValue });
const array = (...values: readonly unknown[]) => ({ DataType: 'String.Array', StringValue: JSON.stringify(values) });

const passes = (policy: object, scope: FilterScope, text: string, attributes: MessageAttributes = {}) =>
  passesPolicy(readFilterPolicy(JSON.stringify(policy), scope), scope, { text, attributes });
const byAttributes = (policy: object, attributes: MessageAttributes) =>
  passes(policy, 'MessageAttributes', '{"a":"in the body"}', attributes);
const byBody = (policy: object, body: unknown) =>
  passes(policy, 'MessageBody', typeof body === 'string' ? body : JSON.stringify(body), { a: string('x') });

describe('a policy for attributes', () => {
  test.each<[boolean, object, MessageAttributes]>([
    [true, { a: ['x', 'y'] }, { a: string('y') }],
    [false, { a: ['x'] }, { a: string('X') }],
    [false, { a: ['x'] }, {}],
    [true, { a: ['x'], b: ['y'] }, { a: string('x'), b: string('y'), c: string('z') }],
    [false, { a: ['x'], b: ['y'] }, { a: string('x') }],
    [true, { a: ['rugby'] }, { a: array('rugby', 'tennis') }],
    [false, { a: ['rugby'] }, { a: array('tennis') }],
    [true, { a: [true, null] }, { a: array(null) }],
    [true, { a: [{ prefix: 'au' }] }, { a: string('auto') }],
    [true, { a: [{ suffix: 'to' }] }, { a: string('auto') }],
    [false, { a: [{ suffix: 'au' }] }, { a: string('auto') }],
    [true, { a: [{ 'equals-ignore-case': 'AUTO' }] }, { a: string('auto') }],
    [true, { a: [{ 'anything-but': ['x', 'y'] }] }, { a: string('z') }],
    [false, { a: [{ 'anything-but': ['x', 'y'] }] }, { a: string('x') }],
    [false, { a: [{ 'anything-but': 'x' }] }, {}],
    [true, { a: [{ 'anything-but': ['rugby', 'tennis'] }] }, { a: array('rugby', 'baseball') }],
    [false, { a: [{ 'anything-but': { prefix: 'order-' } }] }, { a: string('order-1') }],
    [true, { a: [{ 'anything-but': { prefix: 'order-' } }] }, { a: string('data') }],
    [true, { a: [{ numeric: ['=', 301.5] }] }, { a: number('3.015e2') }],
    [true, { a: [{ numeric: ['>', 0, '<=', 150] }] }, { a: number('150') }],
    [false, { a: [{ numeric: ['>', 0, '<=', 150] }] }, { a: number('150.01') }],
    [false, { a: [{ numeric: ['>', 0] }] }, { a: string('5') }],
    [true, { a: [100] }, { a: number('100') }],
    [false, { a: ['100'] }, { a: number('100') }],
    [true, { a: [{ 'anything-but': [100, 500] }] }, { a: number('101') }],
    [true, { a: [{ cidr: '10.0.0.0/24' }] }, { a: string('10.0.0.255') }],
    [false, { a: [{ cidr: '10.0.0.0/24' }] }, { a: string('10.0.1.1') }],
    [true, { a: [{ cidr: '2001:db8::/32' }] }, { a: string('2001:0db8:1234:0000:0000:0000:0000:0001') }],
    [true, { a: [{ exists: true }] }, { a: number('0') }],
    [true, { a: [{ exists: false }] }, { b: number('0') }],
    [false, { a: [{ exists: false }] }, { a: string('x') }],
    [false, { a: [null, { 'anything-but': 'whatever' }] }, {}],
    [true, { a: [{ exists: false }] }, { a: { DataType: 'Binary', BinaryValue: 'AgME' } }],
    [true, { $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: string('y') }],
    [false, { c: ['z'], $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: string('y') }],
    [true, { 'a.b': ['x'] }, { 'a.b': string('x') }],
  ])('answers %j for %j and %j', (expected, policy, attributes) => {
    expect(byAttributes(policy, attributes)).toBe(expected);
  });
});

const record = (key: string, eventName: string) => ({ eventName, s3: { object: { key } } });

describe('a policy for bodies', () => {
  const nested = {
    object: { key: [{ prefix: 'auto-' }, 'hardcodedvalue'], nested_key: [{ exists: false }] },
    test: [{ exists: false }],
  };
  const records = {
    Records: { s3: { object: { key: [{ prefix: 'auto-' }] } }, eventName: [{ prefix: 'ObjectCreated:' }] },
  };

  test.each<[boolean, object, unknown]>([
    [true, nested, { object: { key: 'auto-test' } }],
    [true, nested, { object: { key: 'hardcodedvalue' } }],
    [false, nested, { object: { key: 'auto-test' }, test: 'there' }],
    [false, nested, { object: { key: 'auto-test', nested_key: 'there' } }],
    [false, nested, { test: 'auto-test' }],
    [false, { a: ['x'] }, 'plain text'],
    [false, { a: ['x'] }, '"x"'],
    [false, { a: ['x'] }, {}],
    [true, { a: [1, true] }, { a: [true] }],
    [true, records, { Records: [record('auto-1', 'ObjectCreated:Put'), record('b', 'ObjectRemoved:Delete')] }],
    [false, records, { Records: [record('auto-1', 'ObjectRemoved:Delete'), record('b', 'ObjectCreated:Put')] }],
    [true, records, { Records: [{ eventName: 'ObjectCreated:Put', s3: { object: [[{ key: 'auto-1' }]] } }] }],
    [true, { 'a.b': ['x'] }, { a: { b: 'x' } }],
    [true, { 'a.b': ['x'] }, { 'a.b': 'x' }],
    [true, { 'a.b.c': ['x'] }, { 'a.b': { c: 'x' } }],
    [true, { a: { b: ['x'] } }, { 'a.b': 'x', a: { c: 1 } }],
    [false, { 'a.b': ['x'] }, { a: { b: 'y' } }],
    [true, { a: { b: [{ exists: false }] } }, { a: [] }],
  ])('answers %j for %j and %j', (expected, policy, body) => {
    expect(byBody(policy, body)).toBe(expected);
  });

  test('looks into a body of any depth without an end of the stack', () => {
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expect(byBody({ a: ['x'] }, deep)).toBe(false);
    const dotted = JSON.stringify({ ['a.'.repeat(50_000)]: 'x' });
    expect(byBody({ a: ['x'] }, dotted)).toBe(false);
  });
});

describe('a policy that SNS refuses', () => {
  test.each<[string, unknown]>([
    ['Filter is not an object', []],
    ['"key" must be an object or an array', { key: 'value' }],
    ['"suffix" must be an object or an array', { key: { suffix: 'value' } }],
    ['Empty arrays are not allowed', { key: [] }],
    ['Match value must be String, number, true, false, or null', { key: [['value']] }],
    ['Unrecognized match type wrong-operator', { key: [{ 'wrong-operator': true }] }],
    ['Unrecognized match type wildcard', { key: [{ wildcard: 'a*' }] }],
    ['Only one key allowed in match expression', { key: [{ suffix: 'a', prefix: 'b' }] }],
    ['suffix match pattern must be a string', { key: [{ suffix: 100 }] }],
    ['equals-ignore-case match pattern must be a string', { key: [{ 'equals-ignore-case': null }] }],
    ['exists match pattern must be either true or false.', { key: [{ exists: 'no' }] }],
    ['Invalid member in numeric match: ]', { key: [{ numeric: [] }] }],
    ['Invalid member in numeric match: 1', { key: [{ numeric: [1, '<='] }] }],
    ['Unrecognized numeric range operator: operator', { key: [{ numeric: ['operator'] }] }],
    ['Value of equals must be numeric', { key: [{ numeric: ['=', '000'] }] }],
    ['Value of >= must be numeric', { key: [{ numeric: ['>='] }] }],
    ['Too many elements in numeric expression', { key: [{ numeric: ['<', 100, '>', 10] }] }],
    ['Bad numeric range operator: >', { key: [{ numeric: ['>=', 1, '>', 2] }] }],
    ['Bad value in numeric range: 30', { key: [{ numeric: ['>', 20, 30] }] }],
    ['Bottom must be less than top', { key: [{ numeric: ['>', 3, '<', 1] }] }],
    ['Too many terms in numeric range expression', { key: [{ numeric: ['>', 20, '<', 30, '<', 50] }] }],
    ['Unsupported anything-but pattern: suffix', { key: [{ 'anything-but': { suffix: 'x' } }] }],
    ['Unsupported anything-but pattern: wildcard', { key: [{ 'anything-but': { wildcard: 'x' } }] }],
    ['prefix match pattern must be a string', { key: [{ 'anything-but': { prefix: false } }] }],
    ['prefix match pattern must be a string', { key: [{ cidr: ['x'] }] }],
    ["Malformed CIDR, one '/' required", { key: [{ cidr: 'x' }] }],
    ['Malformed CIDR, mask bits must be an integer', { key: [{ cidr: '10.0.0.0/x' }] }],
    ['Nonstandard IP address: xx.11.xx', { key: [{ cidr: 'xx.11.xx/8' }] }],
    ['There must have at least 2 Objects in $or relationship.', { $or: [{ a: ['x'] }] }],
    ['Filter policy can not have more than 5 keys', { a: [1], b: [1], c: [1], d: [1], e: [1], f: [1] }],
    ['Filter policy is too complex', { a: numbers(13), b: numbers(12) }],
  ])('is told: %s', (message, policy) => {
    expect(filterPolicyProblem(policy, 'MessageBody')).toBe(`FilterPolicy: ${message}`);
  });

  test('counts the combinations as SNS does: by depth, and alternatives added up', () => {
    const flat = (spaces: number) => ({
      source: numbers(3),
      $or: [
        { metricName: numbers(6) },
        { metricType: numbers(4), $or: [{ metricId: numbers(4) }, { spaceId: numbers(spaces) }] },
      ],
    });
    expect(filterPolicyProblem(flat(7), 'MessageAttributes')).toBeUndefined();
    expect(filterPolicyProblem(flat(8), 'MessageAttributes')).toContain('too complex');
    const nestedPolicy = { a: { b: { c: numbers(4) } }, d: { e: numbers(6) } };
    expect(filterPolicyProblem(nestedPolicy, 'MessageBody')).toBeUndefined();
    expect(filterPolicyProblem({ ...nestedPolicy, d: { e: numbers(7) } }, 'MessageBody')).toContain('too complex');
  });

  test('is deeper than any message, and costs no stack', () => {
    const deep = `${'{"a":'.repeat(40_000)}["x"]${'}'.repeat(40_000)}`;
    expect(filterPolicyProblem(JSON.parse(deep), 'MessageBody')).toBe('FilterPolicy: Filter policy is too complex');
  });

  test('is nested, and for attributes', () => {
    expect(filterPolicyProblem({ a: { b: ['x'] } }, 'MessageAttributes')).toBe(
      'Filter policy scope MessageAttributes does not support nested filter policy',
    );
  });
});

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
