import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHandler as createGenerateOrders } from '../../lambdas/generate-orders/generate.ts';
import { sqsSendMessageBatch } from '../../lambdas/common/send.ts';
import { createHandler as createProcessOrders } from '../../lambdas/process-orders/process-batch.ts';
import { sqsChangeVisibilityBatch } from '../../lambdas/common/sqs-visibility.ts';
import { readOrder } from '../../shared/order/read-order.ts';
import { captureConsole } from './captured-console.ts';
import { deadlineOf } from './deadline-of.ts';
import { type LocalQueue, startLocalQueue } from './local-queue.ts';
import { sqsRecord } from './sqs-event.ts';

captureConsole();
const context = { getRemainingTimeInMillis: () => 60_000 };

let queue: LocalQueue;
beforeAll(async () => {
  queue = await startLocalQueue();
});
afterAll(async () => {
  await queue[Symbol.asyncDispose]();
});

async function receive(): Promise<readonly Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queue.queueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['ApproximateReceiveCount'],
  });
  return (await queue.client.send(command)).Messages ?? [];
}

async function generate(event: unknown, queueUrl = queue.queueUrl) {
  const handler = createGenerateOrders({
    sendMessageBatch: sqsSendMessageBatch(queueUrl, queue.client),
    sleep: () => Promise.resolve(),
    publishMetrics: () => {},
    random: Math.random,
    startDeadline: () => deadlineOf(),
  });
  const { statusCode, body } = await handler(event, context);
  return { statusCode, body: JSON.parse(body) as { failed?: { code: string }[] } };
}

describe('with a real SQS client', () => {
  test('generate-orders queues every order, and process-orders has the bad one back at once', async () => {
    expect(await generate({ seed: 7 })).toEqual({ statusCode: 200, body: { requested: 10, queued: 10, seed: 7 } });
    const messages = await receive();
    expect(messages).toHaveLength(10);
    expect(await receive()).toEqual([]);

    const processOrders = createProcessOrders({
      processOrder: () => Promise.resolve({ result: 'processed' }),
      partialBatchResponses: true,
      maxReceiveCount: 5,
      logCustomerNames: false,
      backoff: { base: 2, cap: 300 },
      loadChangeVisibilityBatch: () => Promise.resolve(sqsChangeVisibilityBatch(queue.queueUrl, queue.client)),
      publishMetrics: () => {},
      random: Math.random,
      startDeadline: () => deadlineOf(),
    });
    const records = messages.map(({ Body, ReceiptHandle, MessageId }, index) => ({
      ...sqsRecord(Body!, index),
      receiptHandle: ReceiptHandle!,
      messageId: MessageId!,
    }));
    const { batchItemFailures } = await processOrders({ Records: records }, context);
    const back = await receive();
    expect(batchItemFailures).toEqual([{ itemIdentifier: back[0]!.MessageId }]);
    expect(back.map(({ Body }) => readOrder(Body!).kind)).toEqual(['invalid']);
    expect(back[0]!.Attributes?.ApproximateReceiveCount).toBe('2');
  });

  test('generate-orders names the orders of a queue that does not exist', async () => {
    const { statusCode, body } = await generate({ seed: 7, count: 3 }, `${queue.queueUrl}-gone`);
    expect(statusCode).toBe(500);
    expect(body).toMatchObject({ requested: 3, queued: 0 });
    expect(body.failed).toHaveLength(3);
    expect(body.failed![0]!.code).toBe('QueueDoesNotExist');
  });
});
