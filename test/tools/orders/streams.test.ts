import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { forEachAtOnce, inChunks, mergeSorted } from '../../../tools/orders/streams.ts';

async function* streamOf<T>(...elements: readonly T[]) {
  for (const element of elements) yield await Promise.resolve(element);
}

test('calls are as many at once as may be, and never more', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  await forEachAtOnce([1, 2, 3, 4, 5, 6, 7], 3, async (number) => {
    most = Math.max(most, (running += 1));
    await turn();
    running -= 1;
    done.push(number);
  });
  expect({ done: done.toSorted((a, b) => a - b), most }).toEqual({ done: [1, 2, 3, 4, 5, 6, 7], most: 3 });
});

test('after an error no call begins, those under way end, and the error is thrown', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const act = async (number: number) => {
    begun.push(number);
    await turn();
    if (number === 2) throw new Error('two');
    await turn();
    ended.push(number);
  };
  await expect(forEachAtOnce(streamOf(1, 2, 3, 4, 5), 2, act)).rejects.toThrow('two');
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([1]);
});

async function* broken() {
  yield 1;
  await turn();
  throw new Error('unreadable');
}

test('an error of the source is thrown when the calls under way have ended', async () => {
  const ended: number[] = [];
  const act = async (number: number) => {
    await turn();
    await turn();
    ended.push(number);
  };
  await expect(forEachAtOnce(broken(), 2, act)).rejects.toThrow('unreadable');
  expect(ended).toEqual([1]);
});

test('nothing more is taken once the signal aborts, and the source is closed', async () => {
  const controller = new AbortController();
  const taken: number[] = [];
  let closed = false;
  async function* endless() {
    try {
      for (let number = 1; ; number += 1) yield await Promise.resolve(number);
    } finally {
      closed = true;
    }
  }
  const act = (number: number) => {
    taken.push(number);
    if (number === 3) controller.abort();
    return Promise.resolve();
  };
  await forEachAtOnce(endless(), 1, act, controller.signal);
  expect({ taken, closed }).toEqual({ taken: [1, 2, 3], closed: true });
});

test('chunks hold as many as asked, the last one the rest', async () => {
  expect(await Array.fromAsync(inChunks([1, 2, 3, 4, 5], 2))).toEqual([[1, 2], [3, 4], [5]]);
});

test('sorted streams become one', async () => {
  const merged = mergeSorted([streamOf(1, 4, 5), streamOf(2, 3), streamOf<number>()], (a, b) => a - b);
  expect(await Array.fromAsync(merged)).toEqual([1, 2, 3, 4, 5]);
});
