import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../../lambdas/process-orders/outcome.ts';
import { processBatch } from '../../../lambdas/process-orders/process-batch.ts';
import type { BatchTime, Processed } from '../../../lambdas/process-orders/process-order.ts';
import { message } from '../pipeline-functions.ts';
import { badBody, goodBody, sqsRecord } from '../sqs-event.ts';

const processed: Processed = { result: 'processed' };

const timeUntil = (signal: AbortSignal): BatchTime => ({ work: signal, batch: signal, remainingMs: () => 0 });

const neverAsked = () => Promise.reject(new Error('Was asked.'));

function begin(bodies: readonly string[], processOrder: () => Promise<Processed>, abort = new AbortController()) {
  const told: Outcome[] = [];
  const { signal } = abort;
  const records = bodies.map((body, index) => sqsRecord(body, index));
  return {
    told,
    signal,
    outcomes: processBatch(records, processOrder, timeUntil(signal), (outcome) => told.push(outcome)),
  };
}

describe('the outcomes of a batch', () => {
  test('are in the order of its records, and told as they come', async () => {
    const slow = Promise.withResolvers<Processed>();
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

  test('listen once to the signal, however many they are', async () => {
    const { signal, outcomes } = begin([goodBody, goodBody], () => Promise.resolve(processed));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await outcomes;
  });

  test('are passing failures where time ran out, whatever comes afterwards', async () => {
    const slow = Promise.withResolvers<Processed>();
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

test('a batch of bad orders alone leaves no rejection behind when its time is up', async () => {
  const abort = new AbortController();
  const { outcomes } = begin([badBody], neverAsked, abort);
  abort.abort();
  // An unhandled rejection would end the test.
  await setImmediate();
  expect(await outcomes).toMatchObject([{ result: 'permanent' }]);
});

/** Records as their ids say: `a1` is the first of group a. */
function beginFifo(ids: readonly string[], processOrder: (messageId: string) => Promise<Processed>, badId?: string) {
  const asked: string[] = [];
  const abort = new AbortController();
  const records = ids.map((id) => {
    const record = message(id, id === badId ? badBody : goodBody);
    return { ...record, attributes: { ...record.attributes, MessageGroupId: id[0]!, SequenceNumber: '1' } };
  });
  const process = ({ record: { messageId } }: { readonly record: { readonly messageId: string } }) => {
    asked.push(messageId);
    return processOrder(messageId);
  };
  return { asked, abort, outcomes: processBatch(records, process, timeUntil(abort.signal), () => {}) };
}

const resultsOf = async (outcomes: Promise<readonly Outcome[]>) =>
  Object.fromEntries((await outcomes).map(({ messageId, result }) => [messageId, result]));

describe('the orders of a FIFO queue', () => {
  test('are processed in turn within their group, and groups side by side', async () => {
    const first = Promise.withResolvers<Processed>();
    const { asked, outcomes } = beginFifo(['a1', 'a2', 'b1', 'a3', 'b2'], (id) =>
      id === 'a1' ? first.promise : Promise.resolve(processed),
    );
    await setImmediate();
    expect(asked).toEqual(['a1', 'b1', 'b2']);
    first.resolve(processed);
    await outcomes;
    expect(asked).toEqual(['a1', 'b1', 'b2', 'a2', 'a3']);
  });

  test('wait behind a passing failure of their group, and of no other', async () => {
    const { asked, outcomes } = beginFifo(['a1', 'a2', 'b1', 'a3', 'a4', 'b2'], (id) =>
      id === 'a2' ? Promise.reject(new Error('Throttled.')) : Promise.resolve(processed),
    );
    expect(await resultsOf(outcomes)).toEqual({
      a1: 'processed',
      a2: 'transient',
      a3: 'held-back',
      a4: 'held-back',
      b1: 'processed',
      b2: 'processed',
    });
    expect(asked).not.toContain('a3');
    expect((await outcomes)[3]).toMatchObject({
      error: { message: 'Message a2, before it in its group, was not processed.' },
    });
  });

  test('wait behind one that takes longer than there is time, and are not begun any more', async () => {
    const { asked, abort, outcomes } = beginFifo(['a1', 'a2', 'b1', 'a3'], (id) =>
      id === 'a1' ? new Promise(() => {}) : Promise.resolve(processed),
    );
    await setImmediate();
    abort.abort();
    expect(await resultsOf(outcomes)).toEqual({ a1: 'transient', a2: 'held-back', a3: 'held-back', b1: 'processed' });
    expect(asked).toEqual(['a1', 'b1']);
  });

  test('go on behind a permanent failure', async () => {
    const { outcomes } = beginFifo(['a1', 'a2', 'a3'], () => Promise.resolve(processed), 'a2');
    expect(await resultsOf(outcomes)).toEqual({ a1: 'processed', a2: 'permanent', a3: 'processed' });
  });

  test('are known by their sequence number: the group of a fair queue orders nothing', async () => {
    const records = ['a1', 'a2'].map((id) => {
      const record = message(id, goodBody);
      return { ...record, attributes: { ...record.attributes, MessageGroupId: 'a' } };
    });
    let asked = 0;
    void processBatch(
      records,
      () => ((asked += 1), new Promise(() => {})),
      timeUntil(new AbortController().signal),
      () => {},
    );
    await setImmediate();
    expect(asked).toBe(2);
  });
});
