import { describe, expect, test } from '@jest/globals';
import { createHandler, type Dependencies } from '../../../lambdas/failed-orders/record-batch.ts';
import { failureOf } from '../../../shared/ledger/failure.ts';
import type { Recorded, RecordFailure } from '../../../lambdas/failed-orders/record-failure.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { captureConsole } from '../captured-console.ts';
import { consumerDependencies } from '../consumer-dependencies.ts';
import { deadlineOf } from '../deadline-of.ts';
import { badBody, goodBody, sqsEvent } from '../sqs-event.ts';

const lines = captureConsole();
const context = { getRemainingTimeInMillis: () => 10_000 };

/** Writes nothing down, but answers as if. */
const recordFailure: RecordFailure = ({ body }) => {
  const read = readOrder(body);
  const { orderId, customerName } = read;
  return Promise.resolve({ orderId, customerName, result: 'failed', ...failureOf(read) });
};

function handlerWith(changes: Partial<Dependencies> = {}) {
  const { dependencies, changed, published } = consumerDependencies();
  const handler = createHandler({
    ...dependencies,
    recordFailure,
    backoff: { base: 1, cap: 3_600 },
    ...changes,
  });
  return { handler, changed, published };
}

describe('failed-orders', () => {
  test('says of each message what it is', async () => {
    const { handler, changed } = handlerWith();
    const response = await handler(
      sqsEvent(['{"customerName', badBody, goodBody, '[]'], {
        ApproximateReceiveCount: '6',
        DeadLetterQueueSourceArn: 'arn:aws:sqs:eu-central-1:123456789012:orders',
      }),
      context,
    );
    expect(response).toEqual({ batchItemFailures: [] });
    expect(changed).toEqual([]);
    const common = {
      message: 'Failed Order',
      receiveCount: 6,
      cause: expect.stringMatching(/^[\da-f]{12}$/) as unknown,
      sourceQueue: 'orders',
    };
    expect(lines).toEqual(
      [
        { messageId: 'message-0', orderId: null, kind: 'not-json', reasons: ['the body is not JSON'] },
        { messageId: 'message-1', orderId: 'order-x', kind: 'invalid', reasons: ['/customerAddress is required'] },
        { messageId: 'message-2', orderId: 'order-1', kind: 'out-of-attempts', reasons: [] },
        { messageId: 'message-3', orderId: null, kind: 'invalid', reasons: ['the order must be an object'] },
      ].map((line) => ({ level: 'error', line: { ...common, ...line } })),
    );
  });

  test('counts the failures it recorded by their kind, and those it could not record', async () => {
    const { handler, published } = handlerWith({
      recordFailure(message, signal) {
        if (message.messageId === 'message-4') throw new Error('The table is down.');
        if (message.messageId === 'message-3')
          return Promise.resolve({
            orderId: null,
            customerName: null,
            result: 'already-processed',
            firstMessageId: 'a',
          });
        if (message.messageId === 'message-5')
          return recordFailure(message, signal).then(
            (recorded) => ({ ...recorded, result: 'already-recorded' }) as Recorded,
          );
        return recordFailure(message, signal);
      },
    });
    await handler(sqsEvent(['{', badBody, badBody, goodBody, goodBody, badBody]), context);
    expect(published).toEqual([
      { FailuresRecorded: 3, FailuresNotJson: 1, FailuresInvalid: 2, FailuresNotRecorded: 1 },
    ]);
  });

  test('ends its deadlines with its batch, so that nothing of that stays in memory', async () => {
    const ended: string[] = [];
    const names = ['processing', 'reporting'];
    const { handler } = handlerWith({
      recordFailure: () => Promise.reject(new Error('Throttled.')),
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
    const { handler } = handlerWith({
      recordFailure(message, signal) {
        if (message.messageId === 'message-1') throw new Error('The table is down.');
        return recordFailure(message, signal);
      },
    });
    await handler(sqsEvent([badBody, badBody], { AWSTraceHeader }), context);
    const aboutOne = lines.filter(({ line }) => 'messageId' in line);
    expect(aboutOne).toHaveLength(2);
    for (const { line } of aboutOne) expect(line['traceId']).toBe('1-69200000-0123456789abcdef01234567');
  });

  test('does not know the source queue where SQS does not say', async () => {
    await handlerWith().handler(sqsEvent([badBody]), context);
    expect(lines[0]!.line).toMatchObject({ sourceQueue: null });
  });

  test('keeps the message of a failure that it cannot record, for later, and deletes the others', async () => {
    const { handler, changed } = handlerWith({
      recordFailure(message, signal) {
        if (message.messageId === 'message-1') throw new Error('The table is down.');
        return recordFailure(message, signal);
      },
    });
    expect(await handler(sqsEvent([badBody, goodBody, '{'], { ApproximateReceiveCount: '7' }), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }],
    });
    expect(changed).toEqual([{ Id: '0', ReceiptHandle: 'handle-1', VisibilityTimeout: 32 }]);
    expect(lines.filter(({ line }) => line['message'] === 'Failed Order')).toHaveLength(2);
    expect(lines.find(({ line }) => line['message'] === 'Failure Not Recorded')).toMatchObject({
      level: 'error',
      line: { messageId: 'message-1', receiveCount: 7, error: { message: 'The table is down.' } },
    });
  });

  test('keeps messages even when it cannot say when they come back', async () => {
    const { handler } = handlerWith({
      recordFailure: () => Promise.reject(new Error('Throttled.')),
      loadChangeVisibilityBatch: () => Promise.reject(new Error('No such module.')),
    });
    expect(await handler(sqsEvent([badBody]), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
  });

  test('logs neither body nor customer’s name, unless told to log the name', async () => {
    await handlerWith().handler(sqsEvent([badBody, goodBody, 'Jane Doe, 1']), context);
    expect(JSON.stringify(lines)).not.toMatch(/User|Main Street|Jane/);
    await handlerWith({ logCustomerNames: true }).handler(sqsEvent([badBody]), context);
    expect(lines.at(-1)!.line).toMatchObject({ customerName: 'UserX' });
  });
});
