import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Messages of a queue; on AWS approximate for about a minute after they moved (SQS API reference). */
export interface QueueDepth {
  /** Waiting to be received. */
  readonly visible: number;
  /** Received, and neither deleted nor given back. */
  readonly notVisible: number;
  readonly delayed: number;
}

/** One request, `GetQueueAttributes`. Throws what the SDK throws. */
export async function readQueueDepth(client: SQSClient, url: string): Promise<QueueDepth> {
  const { Attributes: attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return {
    visible: Number(attributes['ApproximateNumberOfMessages']),
    notVisible: Number(attributes['ApproximateNumberOfMessagesNotVisible']),
    delayed: Number(attributes['ApproximateNumberOfMessagesDelayed']),
  };
}

/** All messages of a queue, in whatever state. */
export function messagesIn({ visible, notVisible, delayed }: QueueDepth): number {
  return visible + notVisible + delayed;
}
