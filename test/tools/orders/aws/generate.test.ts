import { expect, test } from '@jest/globals';
import { generateUntilDone } from '../../../../tools/orders/aws/generate.ts';

/** A function that answers these bodies, one an invocation, and the events it got. */
function answering(...answers: readonly (object | 'dies' | 'interrupted')[]) {
  const events: object[] = [];
  const left = [...answers];
  const invoke = (event: object) => {
    events.push(JSON.parse(JSON.stringify(event)) as object);
    const answer = left.shift();
    if (answer === 'interrupted') return Promise.resolve(undefined);
    if (answer === 'dies') return Promise.resolve({ payload: '{"errorType":"Timeout"}', functionError: 'Unhandled' });
    const { statusCode = 200, ...body } = answer as { readonly statusCode?: number };
    return Promise.resolve({ payload: JSON.stringify({ statusCode, headers: {}, body: JSON.stringify(body) }) });
  };
  return { invoke, events };
}

test('goes on where the function stopped, with the seed that it chose, and adds up', async () => {
  const failed = [{ index: 5, orderId: 'o-5', code: 'InternalError', message: 'later' }];
  const { invoke, events } = answering(
    { requested: 10, queued: 6, seed: 7, next: 6 },
    { statusCode: 500, requested: 4, queued: 3, seed: 7, failed },
  );
  const queued: number[] = [];
  const result = await generateUntilDone(invoke, { count: 10 }, (answer) => queued.push(answer.queued));
  expect(events).toEqual([{ count: 10 }, { count: 10, seed: 7, from: 6 }]);
  expect(queued).toEqual([6, 3]);
  expect(result).toEqual({ queued: 9, notQueued: failed, seed: 7, end: { kind: 'done' } });
});

test.each([
  ['dies', { kind: 'failed', payload: '{"errorType":"Timeout"}' }],
  ['interrupted', { kind: 'interrupted' }],
  [
    { statusCode: 400, problems: ['count is negative.'] },
    { kind: 'refused', problems: ['count is negative.'] },
  ],
  [{ requested: 5, queued: 0, seed: 1, next: 5 }, { kind: 'stuck' }],
] as const)('ends when the function %j, and says what was queued before', async (second, end) => {
  const { invoke } = answering({ requested: 10, queued: 5, seed: 1, next: 5 }, second);
  expect(await generateUntilDone(invoke, { count: 10 })).toMatchObject({ queued: 5, end });
});
