import {
  type CloudWatchClient,
  CloudWatchServiceException,
  GetMetricStatisticsCommand,
} from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** How long the oldest message of a queue has waited, in seconds. Null when CloudWatch has no recent data. */
export type QueueAge = { readonly seconds: number | null } | { readonly unavailable: string };

/** SQS reports each minute, and some minutes late. The latest value is what is known. */
const lookBackMs = 10 * 60_000;
const periodSeconds = 60;

/**
 * Reads `ApproximateAgeOfOldestMessage`. A person who may not read metrics gets the reason, because nothing else
 * depends on them.
 */
export async function readQueueAge(client: CloudWatchClient, queueUrl: string, nowMs: number): Promise<QueueAge> {
  try {
    const { Datapoints: points = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateAgeOfOldestMessage',
        Dimensions: [{ Name: 'QueueName', Value: queueUrl.split('/').at(-1) }],
        StartTime: new Date(nowMs - lookBackMs),
        EndTime: new Date(nowMs + periodSeconds * 1000),
        Period: periodSeconds,
        Statistics: ['Maximum'],
      }),
    );
    const latest = points.toSorted((a, b) => Number(b.Timestamp) - Number(a.Timestamp))[0];
    return { seconds: latest?.Maximum ?? null };
  } catch (error) {
    if (error instanceof CloudWatchServiceException) return { unavailable: `${error.name}: ${error.message}` };
    throw error;
  }
}

/** Messages of a queue; on AWS approximate for about a minute after they moved (SQS API reference). */
export interface QueueDepth {
  /** Waiting to be received. */
  readonly visible: number;
  /** Received, but neither deleted nor given back. */
  readonly notVisible: number;
  readonly delayed: number;
}

/** The depth, and the time after which a received message comes back unless its receiver says otherwise. */
export interface QueueReading extends QueueDepth {
  readonly visibilityTimeoutSeconds: number;
}

/** One request, `GetQueueAttributes`. Throws what the SDK throws. */
export async function readQueueDepth(client: SQSClient, url: string): Promise<QueueReading> {
  const { Attributes: attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
        'VisibilityTimeout',
      ],
    }),
  );
  return {
    visible: Number(attributes['ApproximateNumberOfMessages']),
    notVisible: Number(attributes['ApproximateNumberOfMessagesNotVisible']),
    delayed: Number(attributes['ApproximateNumberOfMessagesDelayed']),
    visibilityTimeoutSeconds: Number(attributes['VisibilityTimeout']),
  };
}

/** All messages of a queue, in whatever state. */
export function messagesIn({ visible, notVisible, delayed }: QueueDepth): number {
  return visible + notVisible + delayed;
}
