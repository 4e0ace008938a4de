import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Outcome, Processing } from '../../../lambdas/process-orders/outcome.ts';
import { outcomesOf } from '../../../lambdas/process-orders/outcomes-of.ts';
import { badBody, goodBody, sqsRecord } from '../sqs-event.ts';

const processed: Processing = { result: 'processed' };

const neverAsked = () => Promise.reject(new Error('Was asked.'));

function begin(bodies: readonly string[], processOrder: () => Promise<Processing>, abort = new AbortController()) {
  const told: Outcome[] = [];
  const { signal } = abort;
  const records = bodies.map((body, index) => sqsRecord(body, index));
  return { told, signal, outcomes: outcomesOf(records, processOrder, signal, (outcome) => told.push(outcome)) };
}

describe('the outcomes of a batch', () => {
  test('are in the order of its records, and told as they come', async () => {
    const slow = Promise.withResolvers<Processing>();
    const answers = [slow.promise, Promise.resolve(processed)];
    const { told, outcomes } = begin([goodBody, badBody, goodBody], () => answers.shift()!);
    await setImmediate();
    expect(told.map(({ messageId, result }) => [messageId, result])).toEqual([
      ['message-1', 'permanent'],
      ['message-2', 'processed'],
    ]);
    slow.resolve(processed);
    expect((await outcomes).map(({ messageId }) => messageId)).toEqual(['message-0', 'message-1', 'message-2']);
  });

  test('of no records are none', async () => {
    expect(await begin([], () => Promise.resolve(processed)).outcomes).toEqual([]);
  });

  test('leave nothing behind with the signal of a timeout, which lives on', async () => {
    const { signal, outcomes } = begin([goodBody, goodBody], () => Promise.resolve(processed));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await outcomes;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('are passing failures where time ran out, whatever comes afterwards', async () => {
    const slow = Promise.withResolvers<Processing>();
    const abort = new AbortController();
    const { told, outcomes } = begin([goodBody, badBody], () => slow.promise, abort);
    abort.abort();
    expect(await outcomes).toMatchObject([{ result: 'transient' }, { result: 'permanent' }]);
    slow.resolve(processed);
    await setImmediate();
    expect(told).toHaveLength(2);
    expect((await outcomes)[0]!.result).toBe('transient');
  });

  test('are passing failures when there was no time to begin with', async () => {
    const abort = new AbortController();
    abort.abort();
    const { outcomes } = begin([goodBody], neverAsked, abort);
    expect(await outcomes).toMatchObject([
      { result: 'transient', error: { message: 'Processing took longer than the function has time for.' } },
    ]);
  });
});
