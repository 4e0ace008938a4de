import { describe, expect, test } from '@jest/globals';
import { parsePatterns, passesFilters } from '../../src/services/lambda/event-source-mapping/filter.ts';

const passes = (body: string, ...patterns: object[]) =>
  passesFilters(body, parsePatterns(patterns.map((pattern) => JSON.stringify(pattern))));

describe('the kind of body', () => {
  test('no filter lets everything pass', () => expect(passes('anything')).toBe(true));
  test('a JSON pattern drops a plain-text body', () => expect(passes('hello', { body: { a: [1] } })).toBe(false));
  test('a JSON pattern drops a body that is JSON but no object', () =>
    expect(passes('7', { body: { a: [1] } })).toBe(false));
  test('a plain-text pattern drops a JSON body', () => expect(passes('{"a":1}', { body: ['{"a":1}'] })).toBe(false));
  test('a plain-text pattern compares the text', () => {
    expect(passes('hello', { body: ['hello'] })).toBe(true);
    expect(passes('hello there', { body: [{ prefix: 'hello' }] })).toBe(true);
    expect(passes('goodbye', { body: ['hello'] })).toBe(false);
  });
  test('a pattern that does not name the body lets all pass', () => expect(passes('x', { other: ['y'] })).toBe(true));
});

describe('comparisons', () => {
  test.each<[string, object, object, boolean]>([
    ['one of several values', { city: ['Rome', 'Oslo'] }, { city: 'Oslo' }, true],
    ['none of the values', { city: ['Rome'] }, { city: 'Oslo' }, false],
    ['every named field must match', { a: [1], b: [2] }, { a: 1, b: 3 }, false],
    ['a nested field', { address: { city: ['Rome'] } }, { address: { city: 'Rome' } }, true],
    ['null', { a: [null] }, { a: null }, true],
    ['a number is not its text', { a: [1] }, { a: '1' }, false],
    ['exists', { a: [{ exists: true }] }, { a: 0 }, true],
    ['does not exist', { a: [{ exists: false }] }, {}, true],
    ['null exists', { a: [{ exists: true }] }, { a: null }, true],
    ['an object does not exist', { a: [{ exists: true }] }, { a: { b: 1 } }, false],
    ['an object is absent', { a: [{ exists: false }] }, { a: { b: 1 } }, true],
    ['an empty list is absent', { a: [{ exists: false }] }, { a: [] }, true],
    ['a list with a value exists', { a: [{ exists: false }] }, { a: [1] }, false],
    ['an inherited property does not exist', { constructor: [{ exists: true }] }, {}, false],
    ['prefix', { a: [{ prefix: 'us-' }] }, { a: 'us-east-1' }, true],
    ['suffix', { a: [{ suffix: '.png' }] }, { a: 'x.png' }, true],
    ['equals ignoring case', { a: [{ 'equals-ignore-case': 'ROME' }] }, { a: 'Rome' }, true],
    ['anything but', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'z' }, true],
    ['anything but, met', { a: [{ 'anything-but': ['x'] }] }, { a: 'x' }, false],
    ['a numeric range', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5 }, true],
    ['outside a numeric range', { a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 6 }, false],
    ['a list holds one of the values', { tags: ['a'] }, { tags: ['b', 'a'] }, true],
    ['a list in a list', { tags: ['a'] }, { tags: [['b'], ['a']] }, true],
    ['a field of an object in a list', { items: { id: [2] } }, { items: [{ id: 1 }, { id: 2 }] }, true],
    ['two fields of different objects in a list', { i: { a: [1], b: [2] } }, { i: [{ a: 1 }, { b: 2 }] }, false],
    ['either field', { $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, true],
  ])('%s', (_, rule, body, expected) => {
    expect(passes(JSON.stringify(body), { body: rule })).toBe(expected);
  });

  test('brackets nested as deep as a message allows match nothing', () => {
    const nested = '['.repeat(400_000) + ']'.repeat(400_000);
    expect(passes(`{"a":${nested}}`, { body: { a: [1] } })).toBe(false);
  });

  test('one matching pattern of several is enough', () => {
    expect(passes('{"a":2}', { body: { a: [1] } }, { body: { a: [2] } })).toBe(true);
  });
});

test('five filters are taken, a sixth is refused', () => {
  const five = Array<string>(5).fill('{"body":["x"]}');
  expect(parsePatterns(five)).toHaveLength(5);
  expect(() => parsePatterns([...five, '{}'])).toThrow('FilterCriteria has 6 filters, at most 5');
});

test.each([
  ['{"body":{"a":[{"like":"x"}]}}', '/body/a has the comparison {"like":"x"}'],
  ['{"body":{"a":"x"}}', '/body/a must be a JSON object or a list of values'],
  ['{"body":{"a":[]}}', '/body/a lists no value'],
  ['{"body":{"a":[["x"]]}}', '/body/a holds a list in its list of values'],
  ['{"$or":["x"]}', '/$or must list two JSON objects or more'],
  ['{"$or":[{"body":["x"]}]}', '/$or must list two JSON objects or more'],
  ['{"$or":[{"body":["x"]},{"body":[]}]}', '/$or/body lists no value'],
  ['{"body"', 'is not JSON'],
])('%s is refused with what is wrong', (text, problem) => {
  expect(() => parsePatterns([text])).toThrow(problem);
});

describe('an operand with which no message could match is refused:', () => {
  test.each([
    { exists: 'true' },
    { exists: null },
    { prefix: 1 },
    { suffix: ['.png'] },
    { 'equals-ignore-case': null },
    { 'anything-but': [] },
    { 'anything-but': null },
    { 'anything-but': ['x', 1] },
    { 'anything-but': { prefix: 1 } },
    { 'anything-but': { like: 'x' } },
    { 'anything-but': { numeric: ['=', 1] } },
    { numeric: [] },
    { numeric: 1 },
    { numeric: ['='] },
    { numeric: ['>', '1'] },
    { numeric: ['~', 1] },
    { numeric: ['=', 1, '=', 2] },
    { numeric: ['<', 5, '>', 0] },
    { numeric: ['>', 5, '<', 0] },
    { numeric: ['>', 0, '<', 5, '<', 6] },
  ])('%j', (rule) => {
    expect(() => parsePatterns([JSON.stringify({ body: { a: [rule] } })])).toThrow(
      `Invalid filter pattern definition: /body/a has ${JSON.stringify(rule)}, and ${Object.keys(rule).join()} cannot`,
    );
  });

  test.each([
    { exists: false },
    { 'anything-but': 'x' },
    { 'anything-but': [1, 2] },
    { 'anything-but': { prefix: 'x' } },
    { numeric: ['=', -1.5] },
    { numeric: ['>=', 0, '<', 5] },
  ])('but not %j', (rule) => {
    expect(() => parsePatterns([JSON.stringify({ body: { a: [rule] } })])).not.toThrow();
  });
});
