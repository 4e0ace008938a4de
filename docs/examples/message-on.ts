import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { defineProcessing } from '../../lambdas/process-orders/processing.ts';

/** Sends each order on to another queue. Its consumer may get an order twice, and knows it again by the key. */
export const processing = defineProcessing({
  hasEffects: true,
  tools: () => ({ client: new SQSClient({}), queueUrl: process.env['WAREHOUSE_QUEUE_URL'] ?? '' }),
  async process({ order, idempotencyKey, signal, tools }) {
    const message = new SendMessageCommand({
      QueueUrl: tools.queueUrl,
      MessageBody: JSON.stringify({ idempotencyKey, order }),
      // Of a FIFO queue, which drops a second message with the same id for five minutes.
      ...(tools.queueUrl.endsWith('.fifo') && {
        MessageDeduplicationId: idempotencyKey,
        MessageGroupId: idempotencyKey,
      }),
    });
    await tools.client.send(message, { abortSignal: signal });
  },
});
