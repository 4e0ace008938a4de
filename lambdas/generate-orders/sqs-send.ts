import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SendMessageBatch } from './send-batch.ts';

/** Sends through the SDK; region, endpoint and credentials come from the environment, as on Lambda. */
export function sqsSendMessageBatch(queueUrl: string, client = new SQSClient({})): SendMessageBatch {
  const fifo = queueUrl.endsWith('.fifo');
  return async (messages, signal) => {
    const answer = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map(({ body, orderId }, position) => ({
          Id: String(position),
          MessageBody: body,
          // No order waits for another: each is a group of its own.
          ...(fifo && { MessageGroupId: orderId, MessageDeduplicationId: orderId }),
        })),
      }),
      { abortSignal: signal },
    );
    return (answer.Failed ?? []).map(({ Id, Code, Message, SenderFault }) => ({
      position: Number(Id),
      code: Code ?? 'Unknown',
      message: Message ?? '',
      senderFault: SenderFault ?? false,
    }));
  };
}
