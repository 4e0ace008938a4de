import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonMistake, JsonScanner, mistakeIn } from '../../../../tools/orders/input/json-scanner.ts';

function scanned(text: string) {
  const scanner = new JsonScanner();
  return text.split('\n').flatMap((line, index) => scanner.scan(line, index + 1));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the scanner agrees with JSON.parse', () => {
  test('on every value, in every layout', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(mistakeIn(text)).toBeUndefined();
        const values = scanned(`${text}\n`).map((each) => JSON.parse(each.text) as unknown);
        expect(JSON.stringify(values)).toBe(JSON.stringify(Array.isArray(value) ? value : [value]));
      }),
    );
  });

  test('on what is no value', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '0',
      '.',
      'e',
      'true',
      'nul',
      '\\',
      '\\n',
      '\t',
      ' ',
      '\n',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('');
        expect([text, mistakeIn(text) === undefined]).toEqual([text, isJson(text)]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('on depth and length', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect(mistakeIn(deep)).toBeUndefined();
    const long = JSON.stringify('a\\"'.repeat(500_000));
    expect(scanned(long).map(({ text }) => text)).toEqual([long]);
  });
});

test('values come with their place', () => {
  expect(scanned('{"a": 1} "x"\n[ 1,\n\n  [2,\n 3] ]')).toEqual([
    { text: '{"a": 1}', place: { line: 1, column: 1 }, isElement: false },
    { text: '"x"', place: { line: 1, column: 10 }, isElement: false },
    { text: '1', place: { line: 2, column: 3 }, isElement: true },
    { text: '[2,3]', place: { line: 4, column: 3 }, isElement: true },
  ]);
});

test('no element of an array is given before the array is closed', () => {
  const scanner = new JsonScanner();
  expect(scanner.scan('[1, 2', 1)).toEqual([]);
  expect(() => scanner.scan(',, 3]', 2)).toThrow(JsonMistake);
  scanner.reset();
  expect(scanner.scan('[4]', 3)).toEqual([{ text: '4', place: { line: 3, column: 2 }, isElement: true }]);
});

test.each([
  ['', 'line 1, column 1: expected a JSON value, found the end.\n\n^'],
  ["{'a':1}", 'line 1, column 2: expected a name in double quotes or "}" after "{", found "\'".\n{\'a\':1}\n ^'],
  ['[“a”]', 'line 1, column 2: expected a value or "]" after "[", found "“" (U+201C).\n[“a”]\n ^'],
  ['{"a":1\u00A0}', 'line 1, column 7: expected a comma or "}" after the value, found U+00A0.\n{"a":1\u00A0}\n      ^'],
  ['{"a" "b"}', 'line 1, column 6: expected a colon after the name, found "b".\n{"a" "b"}\n     ^'],
  ['{"a":1}\n\n[', 'line 3, column 1: expected the end after the value, found "[".\n[\n^'],
  ['["\t"]', 'line 1, column 3: a string has U+0009 only as an escape, such as \\n or \\t.\n[" "]\n  ^'],
  ['["C:\\dir"]', 'line 1, column 5: \\d is no escape; a backslash itself is \\\\.\n["C:\\dir"]\n    ^'],
  [
    `{"a":"${'x'.repeat(100)}",,"${'y'.repeat(100)}"}`,
    `line 1, column 109: expected a name in double quotes after the comma, found ",".\n…${'x'.repeat(34)}",,"${'y'.repeat(34)}…\n${' '.repeat(37)}^`,
  ],
])('a mistake is told with its place and its line: %j', (text, told) => {
  expect(mistakeIn(text)?.text).toBe(told);
});
