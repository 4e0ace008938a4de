import { expect, test } from '@jest/globals';
import { atMost } from '../../../lambdas/common/table-client.ts';

test('tasks beyond the limit wait for their turn, in order, whatever becomes of those before them', async () => {
  const inTurn = atMost(2);
  const ends: PromiseWithResolvers<void>[] = [];
  const started: number[] = [];
  const tasks = [0, 1, 2, 3].map((index) =>
    inTurn(async () => {
      started.push(index);
      await (ends[index] = Promise.withResolvers<void>()).promise;
      return index;
    }),
  );
  expect(started).toEqual([0, 1]);
  ends[1]!.reject(new Error('It failed.'));
  await expect(tasks[1]).rejects.toThrow('It failed.');
  expect(started).toEqual([0, 1, 2]);
  ends[0]!.resolve();
  await tasks[0];
  expect(started).toEqual([0, 1, 2, 3]);
  ends[2]!.resolve();
  ends[3]!.resolve();
  expect(await Promise.all([tasks[2], tasks[3]])).toEqual([2, 3]);
});
