import type { QueueSettings } from './queue-settings.ts';
import type { Queue } from './queue.ts';
import { invalidAttributeName } from './sqs-errors.ts';

/** Attributes that GetQueueAttributes knows, in AWS's order; each reads one, undefined when the queue has none. */
const readers: Readonly<Record<string, (queue: Queue) => string | undefined>> = {
  Policy: ({ settings }) => json(settings.policy),
  VisibilityTimeout: ({ settings }) => String(settings.visibilityTimeoutSeconds),
  MaximumMessageSize: ({ settings }) => String(settings.maximumMessageSizeBytes),
  MessageRetentionPeriod: ({ settings }) => String(settings.messageRetentionSeconds),
  ApproximateNumberOfMessages: ({ counts }) => String(counts.available),
  ApproximateNumberOfMessagesNotVisible: ({ counts }) => String(counts['in-flight']),
  CreatedTimestamp: ({ createdAtMs }) => String(Math.floor(createdAtMs / 1000)),
  LastModifiedTimestamp: ({ modifiedAtMs }) => String(Math.floor(modifiedAtMs / 1000)),
  QueueArn: ({ arn }) => arn,
  ApproximateNumberOfMessagesDelayed: ({ counts }) => String(counts.delayed),
  DelaySeconds: ({ settings }) => String(settings.delaySeconds),
  ReceiveMessageWaitTimeSeconds: ({ settings }) => String(settings.receiveWaitSeconds),
  RedrivePolicy: ({ settings }) => json(settings.redrivePolicy),
  FifoQueue: ({ fifo }) => (fifo ? 'true' : undefined),
  ContentBasedDeduplication: fifoOnly((settings) => String(settings.contentBasedDeduplication)),
  KmsMasterKeyId: ({ settings }) => settings.kmsMasterKeyId,
  KmsDataKeyReusePeriodSeconds: ({ settings }) => settings.kmsDataKeyReusePeriodSeconds?.toString(),
  DeduplicationScope: fifoOnly((settings) => settings.deduplicationScope),
  FifoThroughputLimit: fifoOnly((settings) => settings.fifoThroughputLimit),
  RedriveAllowPolicy: ({ settings }) => json(settings.redriveAllowPolicy),
  SqsManagedSseEnabled: ({ settings }) => String(settings.sqsManagedSseEnabled),
};

/** The named attributes of a queue (`All`: every one), as strings. Throws `InvalidAttributeName`. */
export function readAttributes(queue: Queue, names: readonly string[]): Record<string, string> {
  const wanted = names.includes('All') ? Object.keys(readers) : names;
  const attributes: Record<string, string> = {};
  for (const name of wanted) {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (read === undefined) throw invalidAttributeName(`Unknown Attribute ${name}.`);
    const value = read(queue);
    if (value !== undefined) attributes[name] = value;
  }
  return attributes;
}

function fifoOnly(read: (settings: QueueSettings) => string): (queue: Queue) => string | undefined {
  return (queue) => (queue.fifo ? read(queue.settings) : undefined);
}

function json(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
