import { ChangeMessageVisibilityBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ChangeVisibilityBatch } from './message-visibility.ts';

/**
 * Changes visibility through the SDK. Region, endpoint and credentials come from environment variables, as on Lambda. A
 * file of its own, so that a bundle loads it, and SQS's client with it, only when an order fails.
 */
export function sqsChangeVisibilityBatch(queueUrl: string, client = new SQSClient({})): ChangeVisibilityBatch {
  return async (entries, signal) => {
    const answer = await client.send(
      new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: [...entries] }),
      { abortSignal: signal },
    );
    return (answer.Failed ?? []).map(({ Id, Code, Message }) => ({
      id: Id ?? '',
      code: Code ?? 'Unknown',
      message: Message ?? '',
    }));
  };
}
