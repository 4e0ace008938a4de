import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Progress } from '../../../ops/start/progress.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const clearLine = '\r\u001B[K';

function terminal(columns: number) {
  const written: string[] = [];
  return { isTTY: true, columns, written, write: (text: string) => written.push(text) };
}

test('on a terminal a line is rewritten in place, cut so that it never wraps', () => {
  const output = terminal(20);
  const progress = new Progress(output, () => 'sent 1840, processed 104');
  jest.advanceTimersByTime(200);
  expect(output.written).toEqual([`${clearLine}0 s  sent 1840, pro`]);
  progress[Symbol.dispose]();
});

test('nothing is shown after its end', () => {
  const output = terminal(80);
  const progress = new Progress(output, () => 'working');
  jest.advanceTimersByTime(200);
  progress[Symbol.dispose]();
  output.written.length = 0;
  jest.advanceTimersByTime(5_000);
  progress[Symbol.dispose]();
  expect(output.written).toEqual([]);
});
