import { ChangeMessageVisibilityBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ChangeVisibilityBatch } from './message-visibility.ts';

/** Changes visibility through the SDK; region, endpoint and credentials come from the environment, as on Lambda. */
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
