import { describe, expect, test } from '@jest/globals';
import { createHandler } from '../../../lambdas/failed-orders/create-handler.ts';
import type { Failure } from '../../../lambdas/failed-orders/failure.ts';
import { logFailedOrder } from '../../../lambdas/failed-orders/log-failed-order.ts';
import { captureConsole } from '../captured-console.ts';
import { badBody, goodBody, sqsEvent } from '../sqs-event.ts';

const lines = captureConsole();

describe('failed-orders', () => {
  test('says of each message what it is', async () => {
    const handler = createHandler({ recordFailure: logFailedOrder(false) });
    const response = await handler(
      sqsEvent(['{"customerName', badBody, goodBody, '[]'], {
        ApproximateReceiveCount: '6',
        DeadLetterQueueSourceArn: 'arn:aws:sqs:eu-central-1:123456789012:orders',
      }),
    );
    expect(response).toEqual({ batchItemFailures: [] });
    const common = { message: 'Failed Order', receiveCount: 6, sourceQueue: 'orders' };
    expect(lines).toEqual(
      [
        { messageId: 'message-0', orderId: null, kind: 'not-json', reasons: ['the body is not JSON'] },
        { messageId: 'message-1', orderId: 'order-x', kind: 'invalid', reasons: ['/customerAddress is required'] },
        { messageId: 'message-2', orderId: 'order-1', kind: 'out-of-attempts', reasons: [] },
        { messageId: 'message-3', orderId: null, kind: 'invalid', reasons: ['the order must be an object'] },
      ].map((line) => ({ level: 'error', line: { ...common, ...line } })),
    );
  });

  test('does not know the source queue where SQS does not say', async () => {
    await createHandler({ recordFailure: logFailedOrder(false) })(sqsEvent([badBody]));
    expect(lines[0]!.line).toMatchObject({ sourceQueue: null });
  });

  test('keeps the message of a failure that it cannot record, and deletes the others', async () => {
    const recorded: Failure[] = [];
    const handler = createHandler({
      recordFailure(failure) {
        if (failure.kind === 'out-of-attempts') throw new Error('The table is down.');
        recorded.push(failure);
      },
    });
    expect(await handler(sqsEvent([badBody, goodBody, '{']))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }],
    });
    expect(recorded.map(({ messageId }) => messageId)).toEqual(['message-0', 'message-2']);
    expect(lines).toMatchObject([
      {
        level: 'error',
        line: { message: 'Failure Not Recorded', messageId: 'message-1', error: { message: 'The table is down.' } },
      },
    ]);
  });

  test('keeps a message when recording it is refused later', async () => {
    const handler = createHandler({ recordFailure: () => Promise.reject(new Error('Throttled.')) });
    expect(await handler(sqsEvent([badBody]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
  });

  test('logs neither body nor customer’s name, unless told to log the name', async () => {
    await createHandler({ recordFailure: logFailedOrder(false) })(sqsEvent([badBody, goodBody, 'Jane Doe, 1']));
    expect(JSON.stringify(lines)).not.toMatch(/User|Main Street|Jane/);
    await createHandler({ recordFailure: logFailedOrder(true) })(sqsEvent([badBody]));
    expect(lines.at(-1)!.line).toMatchObject({ customerName: 'UserX' });
  });
});
