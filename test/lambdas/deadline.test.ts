import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { startDeadline } from '../../lambdas/common/time.ts';

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('a deadline aborts its signal when its time has come', async () => {
  using deadline = startDeadline(1);
  expect(deadline.signal.aborted).toBe(false);
  await new Promise((resolve) => deadline.signal.addEventListener('abort', resolve));
  expect(deadline.signal.aborted).toBe(true);
});

test('a deadline that is disposed of never comes, and leaves no timer behind', async () => {
  const before = timers();
  const deadline = startDeadline(1);
  expect(timers()).toBe(before + 1);
  deadline[Symbol.dispose]();
  expect(timers()).toBe(before);
  await sleep(5);
  expect(deadline.signal.aborted).toBe(false);
});
