import { describe, expect, test } from '@jest/globals';
import { shortId } from '../../../../tools/orders/short-ids.ts';
import {
  lastLines,
  painter,
  table,
  terminalLines,
  wrapped,
  wrappedProse,
} from '../../../../tools/orders/terminal/output.ts';

const write = () => true;
const widths = [60, 80, 120];
const columns = [
  { title: 'WHEN (UTC)' },
  { title: 'WHAT' },
  { title: 'MESSAGE', short: shortId },
  { title: 'WHY' },
] as const;
const id = 'b58f2cf6-66d6-44a4-bd2e-de1caf51a8c2';
const why = 'receive 6, invalid: /customerAddress is required, /items must NOT have fewer than 2 items';
const row = ['2026-11-20 14:06:29.522', 'received', id, why];

/** All words of a table's lines, as a person reads them. */
const words = (lines: readonly string[]) => lines.join(' ').split(/\s+/);

describe.each(widths)('a table on a terminal of %d columns', (width) => {
  const lines = table(columns, [row, ['2026-11-20 14:06:30.000', 'failed', id, 'short']], width);

  test('stays within the terminal', () => {
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  });

  test('leaves out no word of what a person reads, and shows ids so that commands take them', () => {
    expect(words(lines)).toEqual(expect.arrayContaining(['WHY', ...words([why])]));
    expect(words(lines).filter((word) => word === 'b58f2cf6' || word === id)).toHaveLength(2);
  });
});

describe('a table', () => {
  const numbered = [{ title: 'N', align: 'right' }, { title: 'NAME' }, { title: 'WHY' }] as const;

  test('is whole where nobody says how wide the terminal is, and where there is room', () => {
    const natural = table(columns, [row]);
    expect(natural[1]).toBe(`2026-11-20 14:06:29.522  received  ${id}  ${why}`);
    expect(table(columns, [row], 200)).toEqual(natural);
  });

  test('has columns as wide as their widest cell, numbers to the right', () => {
    const rows = [
      ['1', 'a', 'x'],
      ['1,000', 'long name', 'y'],
    ];
    expect(table(numbered, rows)).toEqual(['    N  NAME       WHY', '    1  a          x', '1,000  long name  y']);
  });

  test('goes on with its last column below its beginning', () => {
    expect(table(numbered, [['1', 'a', 'one two three four five six']], 30)).toEqual([
      'N  NAME  WHY',
      '1  a     one two three four',
      '         five six',
    ]);
  });

  test('has its last column on lines of its own where less than 20 characters are left', () => {
    expect(table(numbered, [['1', 'a'.repeat(12), 'one two three four']], 30)).toEqual([
      'N  NAME',
      '    WHY',
      '1  aaaaaaaaaaaa',
      '    one two three four',
    ]);
  });

  test('is not widened by colours', () => {
    const paint = painter({ isTTY: true, hasColors: () => true, write: () => true }, {});
    const [head] = table(numbered, [[paint('red', '1'), 'a', 'x']]);
    expect(head).toBe('N  NAME  WHY');
  });

  test('counts letters of East Asia and emoji as the two places that they take', () => {
    expect(table([{ title: 'A' }, { title: 'B' }], [['注文', 'x']])).toEqual(['A     B', '注文  x']);
    expect(terminalLines('🍏'.repeat(5), 8)).toBe(2);
  });
});

test('a text is broken between words, and a word only where a line cannot hold it', () => {
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapped('a bcdefghij k', 4)).toEqual(['a', 'bcde', 'fghi', 'j k']);
  expect(wrapped('', 4)).toEqual([]);
});

test('a sentence is broken between words, but not in a command line that one may copy', () => {
  const text =
    'Nobody is there: run "npm run chaos -- --runs 9" again.\n  an indented line is of somebody else, and whole';
  expect(wrappedProse(text, 34).split('\n')).toEqual([
    'Nobody is there: run',
    '"npm run chaos -- --runs 9" again.',
    '  an indented line is of somebody else, and whole',
  ]);
  expect(wrappedProse(text)).toBe(text);
});

test('a report that is taller than the terminal is shown by its end', () => {
  const lines = ['one', 'x'.repeat(15), 'three'];
  expect(lastLines(lines, { columns: 10, rows: 5, write })).toEqual(lines);
  expect(lastLines(lines, { columns: 10, rows: 4, write })).toEqual(lines.slice(1));
  expect(lastLines(lines, { columns: 10, rows: 3, write })).toEqual(['three']);
  expect(lastLines(lines, { write })).toEqual(lines);
});
