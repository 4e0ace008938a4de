import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentHashOf, sameContent } from '../../shared/ledger/content.ts';
import { hashOfBytes } from '../lambdas/pipeline-functions.ts';

const areSame = (a: string, b: string) => contentHashOf(a) === contentHashOf(b);

test.each([
  ['the members of objects stand in another order', '{"a":{"b":1,"c":[]},"d":"x"}', '{"d":"x","a":{"c":[],"b":1}}'],
  ['the layout differs', '{"a":[1,{"b":null}]}', ' {\r\n\t"a" : [ 1, { "b": null } ]\n}\n'],
  ['letters are written as escapes', '{"caf\u00E9/":"\u{1F375}"}', String.raw`{"caf\u00e9\/":"\ud83c\udf75"}`],
  ['numbers are written another way', '[100,0.5,0,-12500,0]', '[1e2,5E-1,-0.0,-1.250e+4,0e99]'],
  ['a number has more digits than a double', '12345678901234567890', '1234567890123456789.0e1'],
  ['a number is beyond the doubles', '1e400', '10.0e399'],
])('two bodies are the same order when %s', (_what, a, b) => {
  expect(areSame(a, b)).toBe(true);
});

test.each([
  ['a value differs', '{"a":1}', '{"a":2}'],
  ['the last of twenty digits differs', '{"a":12345678901234567890}', '{"a":12345678901234567891}'],
  ['a number is a text', '{"a":1}', '{"a":"1"}'],
  ['a list has another order', '[1,2]', '[2,1]'],
  ['a name stands twice', '{"a":1,"a":2}', '{"a":2}'],
  ['a name stands twice, the other way round', '{"a":1,"a":2}', '{"a":2,"a":1}'],
  ['a member stands deeper', '{"a":{"b":1}}', '{"a":{},"b":1}'],
  ['a name is the name of a prototype', '{"__proto__":{}}', '{}'],
  ['letters are composed another way', '"caf\u00E9"', '"cafe\u0301"'],
  ['one surrogate stands alone', String.raw`"\ud800"`, String.raw`"\ud801"`],
  ['a number is beyond the doubles', '1e400', '1e401'],
  ['a power has more digits than anybody means', '1e9999999999999999', '1e9999999999999998'],
  ['they are not JSON and differ in a space', '{"a":1', '{"a": 1'],
  ['one is not JSON', '{"a":1}', '{"a":1},'],
])('two bodies are not the same order when %s', (_what, a, b) => {
  expect(areSame(a, b)).toBe(false);
});

/** JSON text of a value, laid out by chance and with the members of objects in any order. */
function anyLayout(value: unknown, chance: () => number): string {
  const space = () => [' ', '\n', '', '', ''][chance() % 5]!;
  const listed = (parts: readonly string[], [begin, end]: string) =>
    `${begin}${space()}${parts.join(`${space()},${space()}`)}${space()}${end}`;
  if (Array.isArray(value))
    return listed(
      value.map((each) => anyLayout(each, chance)),
      '[]',
    );
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value as Record<string, unknown>).map(([name, each]) => ({
    place: chance(),
    name,
    each,
  }));
  const texts = members
    .toSorted((a, b) => a.place - b.place)
    .map(({ name, each }) => `${JSON.stringify(name)}${space()}:${space()}${anyLayout(each, chance)}`);
  return listed(texts, '{}');
}

test('whatever the value, all its layouts are the same order, and another value is another order', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  const chances = fc.infiniteStream(fc.nat(1_000));
  fc.assert(
    fc.property(json, json, chances, (value, other, chance) => {
      const text = JSON.stringify(value);
      expect(
        areSame(
          anyLayout(value, () => chance.next().value as number),
          text,
        ),
      ).toBe(true);
      const canonical = (each: unknown) => anyLayout(sorted(each), () => 0);
      expect(areSame(text, JSON.stringify(other))).toBe(canonical(value) === canonical(other));
    }),
  );
});

/** The value with the members of all objects in the order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>).map(([name, each]) => [name, sorted(each)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

test.each([
  ['brackets in brackets', '['.repeat(131_072) + ']'.repeat(131_072)],
  ['objects in objects', '{"b":'.repeat(20_000) + '1' + ',"a":1}'.repeat(20_000)],
  ['zeros', `[1${'0'.repeat(262_000)}1]`],
  ['digits of a power', `1e${'9'.repeat(262_000)}`],
  ['escapes', `"${String.raw`\"`.repeat(131_000)}"`],
])('a message full of %s is told apart from others', (_what, body) => {
  expect(areSame(body, ` ${body}\n`)).toBe(true);
  expect(areSame(body, `[${body}]`)).toBe(false);
});

test('a hash of the bytes, which rows of older releases have, is that of the same bytes alone', () => {
  const isSame = sameContent('{"b":1,"a":2}');
  expect(isSame(hashOfBytes('{"b":1,"a":2}'))).toBe(true);
  expect(isSame(hashOfBytes('{"b": 1, "a": 2}'))).toBe(false);
  expect(isSame(contentHashOf('{"a":2,"b":1}'))).toBe(true);
  expect(isSame(undefined)).toBe(false);
});
