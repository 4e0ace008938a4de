import { expect, test } from '@jest/globals';
import { createHandler } from '../../lambdas/generate-orders/generate.ts';
import { readGenerated } from '../../shared/pipeline.ts';
import { captureConsole } from '../lambdas/captured-console.ts';
import { deadlineOf } from '../lambdas/deadline-of.ts';

captureConsole();

async function generated(event: unknown, code?: string) {
  const handler = createHandler({
    sendMessageBatch: () =>
      Promise.resolve(code === undefined ? [] : [{ position: 1, code, message: 'no', senderFault: true }]),
    sleep: () => Promise.resolve(),
    random: () => 0,
    publishMetrics: () => {},
    startDeadline: () => deadlineOf(),
  });
  return readGenerated(JSON.stringify(await handler(event, { getRemainingTimeInMillis: () => 10_000 })));
}

test('a response of generate-orders is read as what it answered', async () => {
  expect(await generated({ count: 3 })).toEqual({ statusCode: 200, requested: 3, queued: 3, seed: 0 });
});

test('a response of generate-orders that could not queue all names the orders', async () => {
  expect(await generated({ count: 3 }, 'Busy')).toMatchObject({
    statusCode: 500,
    queued: 2,
    failed: [{ index: 1, code: 'Busy', message: 'no' }],
  });
});

test('a response of generate-orders that took no event says why', async () => {
  expect(await generated({ count: -1 })).toEqual({
    statusCode: 400,
    problems: [expect.stringContaining('count') as unknown],
  });
});
