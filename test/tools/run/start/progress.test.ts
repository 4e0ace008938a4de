import { expect, test } from '@jest/globals';
import { ManualClock } from 'local-aws/testing';
import { Progress } from '../../../../tools/orders/terminal/progress.ts';

/** What is written while `seconds` pass and something new is to be said each time. */
async function written(seconds: number, isTTY: boolean, text?: () => string | undefined): Promise<string> {
  const clock = new ManualClock();
  let output = '';
  let count = 0;
  const counting = () => `sent ${(count += 1)}`;
  const progress = new Progress({ isTTY, write: (more) => (output += more) }, clock, text ?? counting);
  await clock.advance(seconds * 1000);
  progress[Symbol.dispose]();
  const before = output;
  await clock.advance(60_000);
  expect(output).toBe(before);
  return output;
}

test('a pipe gets a line a second, and after ten seconds one every five', async () => {
  const lines = (await written(26, false)).trimEnd().split('\n');
  const seconds = lines.map((line) => Number.parseInt(line, 10));
  expect(seconds).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25]);
  expect(lines[0]).toBe('1 s  sent 1');
});

test('a pipe gets no line twice, and none where there is nothing to say', async () => {
  expect(await written(20, false, () => 'synthesizing')).toBe('1 s  synthesizing\n');
  expect(await written(20, false, () => undefined)).toBe('');
});

test('a terminal has one line, rewritten in place and gone at the end', async () => {
  const parts = (await written(1, true)).split('\r\u001B[K');
  expect(parts).toEqual(['', '0 s  sent 1', '0 s  sent 2', '1 s  sent 3', '1 s  sent 4', '1 s  sent 5', '']);
});

test('on a terminal a line is cut, so that it never wraps', async () => {
  const clock = new ManualClock();
  const lines: string[] = [];
  const output = { isTTY: true, columns: 20, write: (text: string) => lines.push(text) };
  const progress = new Progress(output, clock, () => 'sent 1840, processed 104');
  await clock.advance(200);
  progress[Symbol.dispose]();
  expect(lines[0]).toBe('\r\u001B[K0 s  sent 1840, pro');
});
