import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../../../tools/orders/errors.ts';
import {
  difference,
  isEdited,
  parseAssignment,
  parseExactly,
  PointerMismatch,
  setPointer,
} from '../../../../tools/orders/json.ts';
import { readLines } from '../../../../tools/orders/streams.ts';

const set = (document: string, assignment: string) =>
  JSON.stringify(setPointer(parseExactly(document), parseAssignment(assignment)));

test.each([
  ['another layout', '{"a":[1,2],"b":"x"}', ' { "b": "x", "a": [ 1, 2 ] }', false],
  ['another value', '{"a":1}', '{"a":2}', true],
  ['another way to write a number', '{"a":1.0}', '{"a":1}', true],
  ['a name that stood twice', '{"a":1,"a":2}', '{"a":2}', true],
  ['a space in what is no JSON', '{"a":1', '{"a": 1', true],
])('of a body, %s is an edit: %#', (_what, before, after, edited) => {
  expect(isEdited(before, after)).toBe(edited);
});

describe('parseExactly', () => {
  test('keeps every number as it was written', () => {
    const text = '{"id":12345678901234567890,"price":1.10,"tiny":1e-7,"list":[1.0,2]}';
    expect(JSON.stringify(parseExactly(text))).toBe(text);
  });

  test('is JSON.parse for everything else', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.stringify(JSON.parse(JSON.stringify(parseExactly(text))))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });
});

describe('--set', () => {
  test.each([
    ['{"a":1}', '/a=text with = in it', '{"a":"text with = in it"}'],
    ['{"a":1}', '/b="3"', '{"a":1,"b":"3"}'],
    ['{"a":1}', '/a=3', '{"a":3}'],
    ['{"a":1}', '/a=', '{"a":""}'],
    ['{"a":[1,2]}', '/a/0=true', '{"a":[true,2]}'],
    ['{"a":[1,2]}', '/a/-={"b":null}', '{"a":[1,2,{"b":null}]}'],
    ['{"a":{"b/c":{"~":1}}}', '/a/b~1c/~0=2', '{"a":{"b/c":{"~":2}}}'],
    [
      '{"big":12345678901234567890,"a":1}',
      '/a=98765432109876543210',
      '{"big":12345678901234567890,"a":98765432109876543210}',
    ],
    ['{}', '/__proto__="x"', '{"__proto__":"x"}'],
  ])('%s with %s is %s', (document, assignment, expected) => {
    expect(set(document, assignment)).toBe(expected);
  });

  test.each(['/a/b=1', '/list/3=1', '/list/x=1', '/list/01=1', '/list/-/a=1', '/number/a=1', '/constructor/name=1'])(
    '%s has no place in the document',
    (assignment) => {
      expect(() => set('{"list":[0],"number":12345678901234567890}', assignment)).toThrow(PointerMismatch);
    },
  );

  test.each(['a=1', '/a', '=1', '/=', '/a~2=1', '/a={"b"'])('%s is a mistake in the command line', (assignment) => {
    expect(() => parseAssignment(assignment)).toThrow(UsageError);
  });
});

describe('the difference between two bodies', () => {
  test('names places, in what goes and what comes', () => {
    expect(difference('{"a":1,"b":[1,2],"c":{"d":"x"}}', '{"b":[1,3],"c":{"d":"x","e/f":null}}')).toEqual([
      { pointer: '/a', before: '1' },
      { pointer: '/b/1', before: '2', after: '3' },
      { pointer: '/c/e~1f', after: 'null' },
    ]);
  });

  test('is the whole text where one is no JSON, and nothing where they are the same', () => {
    expect(difference('{"a":', '{"a":1}')).toEqual([{ pointer: '', before: '{"a":', after: '{"a":1}' }]);
    expect(difference('{"a":1}', '{ "a": 1 }')).toEqual([]);
  });

  test('is never empty when the values differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [before, after] = [JSON.stringify(a), JSON.stringify(b)];
        expect(difference(before, after).length > 0).toBe(canonical(before) !== canonical(after));
      }),
    );
  });
});

/** Members in a fixed order: their order is no difference. */
function canonical(text: string): string {
  return JSON.stringify(JSON.parse(text), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

test('lines are the same however the text is cut, and end at LF or CRLF alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('a', '\n', '\u2028', 'bc')), async (pieces) => {
      const expected = pieces.join('').split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(await Array.fromAsync(readLines(streamOf(pieces)))).toEqual(expected);
    }),
  );
  expect(await Array.fromAsync(readLines(streamOf(['a\r', '\nb'])))).toEqual(['a', 'b']);
});

async function* streamOf(pieces: readonly string[]) {
  for (const piece of pieces) yield await Promise.resolve(piece);
}
