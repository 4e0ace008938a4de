import { expect, test } from '@jest/globals';
import { painter, printable } from '../../../../tools/orders/terminal/output.ts';
import { counted, duration, progressText, rate } from '../../../../tools/orders/terminal/progress.ts';

const write = () => true;

test('colours are for terminals that have them, and for people who want them', () => {
  expect(painter({ isTTY: true, write }, {})('red', 'x')).toBe('\u001B[31mx\u001B[39m');
  expect(painter({ isTTY: true, write }, { NO_COLOR: '1' })('red', 'x')).toBe('x');
  expect(painter({ isTTY: true, hasColors: () => false, write }, {})('red', 'x')).toBe('x');
  expect(painter({ write }, {})('red', 'x')).toBe('x');
});

test('what messages hold cannot move the cursor, forge a line or turn the text around', () => {
  expect(printable('a\u001B[2Jb\nc\u202Ed\u0007 é 🍏')).toBe('a�[2Jb�c�d� é 🍏');
});

test('progress says how far, how fast and how long still', () => {
  expect(progressText({ verb: 'replayed', done: 340, total: 1_000, elapsedMs: 10_000 })).toBe(
    'replayed 340 of 1,000 (34%), 34/s, 20 s left',
  );
  expect(progressText({ verb: 'read', done: 5, elapsedMs: 2_000 })).toBe('read 5, 2.5/s');
  expect(progressText({ verb: 'read', done: 0, total: 9, elapsedMs: 0 })).toBe('read 0 of 9 (0%)');
  expect([59, 60, 3_600, 7_500, 200_000].map(duration)).toEqual(['59 s', '1 min', '1 h', '2 h 5 min', '2 d 7 h']);
  expect([0.357, 9.96, 33.3, 1_234.5].map(rate)).toEqual(['0.4', '10', '33', '1,235']);
  expect([counted(1, 'failure'), counted(1_200, 'failure')]).toEqual(['1 failure', '1,200 failures']);
});
