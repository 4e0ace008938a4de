import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHandler, type Dependencies } from '../../../lambdas/process-orders/process-batch.ts';
import { captureConsole } from '../captured-console.ts';
import { consumerDependencies } from '../consumer-dependencies.ts';
import { deadlineOf } from '../deadline-of.ts';
import { badBody, goodBody, sqsEvent } from '../sqs-event.ts';

const lines = captureConsole();
const processed = () => Promise.resolve({ result: 'processed' as const });
const context = { getRemainingTimeInMillis: () => 10_000 };

function handlerWith(changes: Partial<Dependencies> = {}) {
  const { dependencies, changed, published } = consumerDependencies();
  const handler = createHandler({
    ...dependencies,
    processOrder: processed,
    partialBatchResponses: true,
    maxReceiveCount: 5,
    backoff: { base: 2, cap: 300 },
    ...changes,
  });
  return { handler, changed, published };
}

describe('process-orders', () => {
  test('logs each good order and fails none', async () => {
    const { handler, changed } = handlerWith();
    expect(await handler(sqsEvent([goodBody, goodBody]), context)).toEqual({ batchItemFailures: [] });
    expect(changed).toEqual([]);
    expect(lines).toEqual(
      ['message-0', 'message-1'].map((messageId) => ({
        level: 'info',
        line: { message: 'Good Order', orderId: 'order-1', messageId, receiveCount: 1 },
      })),
    );
  });

  test('does not load the SDK for a batch without failures', async () => {
    const { handler } = handlerWith({
      loadChangeVisibilityBatch: () => Promise.reject(new Error('The SDK was loaded.')),
    });
    expect(await handler(sqsEvent([goodBody]), context)).toEqual({ batchItemFailures: [] });
  });

  test('deletes a duplicate as if it had been processed now, and says for which message it was', async () => {
    const { handler, changed } = handlerWith({
      processOrder: () => Promise.resolve({ result: 'duplicate', firstMessageId: 'earlier' }),
    });
    expect(await handler(sqsEvent([goodBody]), context)).toEqual({ batchItemFailures: [] });
    expect(changed).toEqual([]);
    expect(lines).toMatchObject([{ level: 'info', line: { message: 'Duplicate Order', firstMessageId: 'earlier' } }]);
  });

  test('takes an id that another order has for a failure that stays', async () => {
    const { handler, changed } = handlerWith({ processOrder: () => Promise.resolve({ result: 'conflict' }) });
    const response = await handler(sqsEvent([goodBody], { ApproximateReceiveCount: '3' }), context);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(changed).toEqual([{ Id: '0', ReceiptHandle: 'handle-0', VisibilityTimeout: 0 }]);
    expect(lines).toMatchObject([
      { level: 'warn', line: { kind: 'conflicting-id', reasons: ['/orderId belongs to another order'] } },
    ]);
  });

  test('reports bad orders alone, says what is wrong with them, and has them back at once', async () => {
    const { handler, changed } = handlerWith();
    const response = await handler(
      sqsEvent([goodBody, badBody, '{', goodBody], { ApproximateReceiveCount: '3' }),
      context,
    );
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-2' }] });
    expect(changed).toEqual([
      { Id: '0', ReceiptHandle: 'handle-1', VisibilityTimeout: 0 },
      { Id: '1', ReceiptHandle: 'handle-2', VisibilityTimeout: 0 },
    ]);
    expect(lines.filter(({ level }) => level === 'warn').map(({ line }) => line)).toEqual(
      [
        { orderId: 'order-x', messageId: 'message-1', kind: 'invalid', reasons: ['/customerAddress is required'] },
        { orderId: null, messageId: 'message-2', kind: 'not-json', reasons: ['the body is not JSON'] },
      ].map((line) => ({ message: 'Bad Order', receiveCount: 3, ...line })),
    );
  });

  test('logs what an error was caused by', async () => {
    const { handler } = handlerWith({
      processOrder() {
        throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:80') });
      },
    });
    await handler(sqsEvent([goodBody]), context);
    const message = 'fetch failed (Error: connect ECONNREFUSED 127.0.0.1:80)';
    expect(lines[0]).toMatchObject({ line: { message: 'Order Not Processed', error: { name: 'TypeError', message } } });
  });

  test('takes an error while processing for a passing one: of that order only, and with a wait', async () => {
    const { handler, changed } = handlerWith({
      processOrder({ record }) {
        if (record.messageId === 'message-0') throw new Error('The table is down.');
        return processed();
      },
    });
    const response = await handler(sqsEvent([goodBody, goodBody], { ApproximateReceiveCount: '3' }), context);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(changed).toEqual([{ Id: '0', ReceiptHandle: 'handle-0', VisibilityTimeout: 6 }]);
    expect(lines).toMatchObject([
      { level: 'error', line: { message: 'Order Not Processed', error: { message: 'The table is down.' } } },
      { level: 'info', line: { message: 'Good Order', messageId: 'message-1' } },
      { level: 'info', line: { message: 'Tries Scheduled', tries: [{ messageId: 'message-0', inSeconds: 6 }] } },
    ]);
  });

  test('counts what became of the orders of a batch, once', async () => {
    const { handler, published } = handlerWith({
      processOrder({ record }) {
        if (record.messageId === 'message-1') return Promise.resolve({ result: 'duplicate', firstMessageId: 'a' });
        if (record.messageId === 'message-2') throw new Error('The table is down.');
        return processed();
      },
    });
    await handler(sqsEvent([goodBody, goodBody, goodBody, badBody, goodBody]), context);
    expect(published).toEqual([{ OrdersProcessed: 2, DuplicateOrders: 1, OrdersNotProcessed: 1, BadOrders: 1 }]);
  });

  test('counts an order as processed whose write of an earlier receive it finds, and a copy as a duplicate', async () => {
    const { handler, published } = handlerWith({
      processOrder: () => Promise.resolve({ result: 'duplicate', firstMessageId: 'message-0' }),
    });
    await handler(sqsEvent([goodBody, goodBody], { ApproximateReceiveCount: '2' }), context);
    expect(published).toEqual([{ OrdersProcessed: 1, DuplicateOrders: 1 }]);
  });

  test('counts what it processed before its whole batch fails', async () => {
    const { handler, published } = handlerWith({ partialBatchResponses: false });
    await expect(handler(sqsEvent([goodBody, badBody, goodBody]), context)).rejects.toThrow('fails its batch of 3');
    expect(published).toEqual([{ OrdersProcessed: 1, BadOrders: 1 }]);
  });

  test('ends its deadlines with its batch, so that nothing of that stays in memory', async () => {
    const ended: string[] = [];
    const names = ['processing', 'reporting'];
    const { handler } = handlerWith({
      startDeadline() {
        const name = names.shift()!;
        return { ...deadlineOf(), [Symbol.dispose]: () => ended.push(name) };
      },
    });
    await handler(sqsEvent([goodBody, badBody]), context);
    expect(ended.toSorted()).toEqual(['processing', 'reporting']);
  });

  test('logs the trace that a message belongs to', async () => {
    const AWSTraceHeader = 'Root=1-69200000-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1';
    await handlerWith().handler(sqsEvent([goodBody, badBody], { AWSTraceHeader }), context);
    expect(lines.map(({ line }) => line['traceId'])).toEqual([
      '1-69200000-0123456789abcdef01234567',
      '1-69200000-0123456789abcdef01234567',
    ]);
  });

  test('cuts an order short that takes too long, so that the others are not failed by a timeout', async () => {
    const processing = new AbortController();
    const given: number[] = [];
    const { handler } = handlerWith({
      processOrder: ({ record }) => (record.messageId === 'message-0' ? new Promise(() => {}) : processed()),
      startDeadline(milliseconds) {
        given.push(milliseconds);
        return deadlineOf(given.length === 1 ? processing.signal : undefined);
      },
    });
    const response = handler(sqsEvent([goodBody, goodBody]), context);
    await setImmediate();
    processing.abort();
    expect(await response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(given).toEqual([8_000, 7_000, 1_000]);
  });

  test('reports failures even when it cannot change when they come back', async () => {
    const { handler } = handlerWith({
      loadChangeVisibilityBatch: () => Promise.resolve(() => Promise.reject(new Error('Access denied.'))),
    });
    expect(await handler(sqsEvent([badBody]), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    expect(lines.at(-1)).toEqual({
      level: 'warn',
      line: { message: 'Visibility Not Changed', messageIds: ['message-0'], error: 'Error: Access denied.' },
    });
  });

  test('reports failures even when the SDK does not load', async () => {
    const { handler } = handlerWith({ loadChangeVisibilityBatch: () => Promise.reject(new Error('No such module.')) });
    expect(await handler(sqsEvent([badBody, goodBody]), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
  });

  test('fails exactly the bad ones of any batch', async () => {
    const { handler } = handlerWith();
    const body = fc.oneof(fc.constant(goodBody), fc.constant(badBody), fc.json(), fc.string({ unit: 'binary' }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(goodBody) }, body), { maxLength: 25 }),
        async (bodies) => {
          const { batchItemFailures } = await handler(sqsEvent(bodies), context);
          expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(
            bodies.flatMap((text, index) => (text === goodBody ? [] : [`message-${index}`])),
          );
        },
      ),
    );
  });

  test('logs no customer’s name, unless it is told to', async () => {
    await handlerWith().handler(sqsEvent([goodBody, badBody, '{']), context);
    expect(JSON.stringify(lines)).not.toContain('User');
    await handlerWith({ logCustomerNames: true }).handler(sqsEvent([goodBody, badBody]), context);
    expect(new Set(lines.slice(-2).map(({ line }) => line['customerName']))).toEqual(new Set(['User1', 'UserX']));
  });
});

describe('process-orders without partial batch responses', () => {
  const settings = { partialBatchResponses: false };

  test('throws at the first bad order, which fails the whole batch, and says which it was and why', async () => {
    const { handler, changed } = handlerWith(settings);
    await expect(handler(sqsEvent([goodBody, badBody, goodBody, '{']), context)).rejects.toThrow(
      'Order order-x (message message-1) fails its batch of 4: /customerAddress is required',
    );
    expect(lines.map(({ line }) => line['message'])).toEqual(['Good Order', 'Bad Order']);
    expect(changed).toEqual([]);
  });

  test('throws for an error while processing, too, and keeps its cause', async () => {
    const cause = new Error('The table is down.');
    const { handler } = handlerWith({ ...settings, processOrder: () => Promise.reject(cause) });
    await expect(handler(sqsEvent([goodBody]), context)).rejects.toMatchObject({
      message: 'Order order-1 (message message-0) fails its batch of 1: Error: The table is down.',
      cause,
    });
  });

  test('reports nothing for a good batch', async () => {
    const { handler } = handlerWith(settings);
    expect(await handler(sqsEvent([goodBody]), context)).toEqual({ batchItemFailures: [] });
  });
});
