import type { QueueModel } from '../../src/services/sqs/model.ts';

export const region = 'eu-central-1';
export const accountId = '000000000000';
export const arnOf = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;

/** A template's queue with AWS's defaults. */
export function queueModel(name: string, changes: Partial<QueueModel> = {}): QueueModel {
  return {
    stack: 'Test',
    logicalId: name,
    name,
    arn: arnOf(name),
    fifo: name.endsWith('.fifo'),
    contentBasedDeduplication: false,
    deduplicationScope: 'queue',
    fifoThroughputLimit: 'perQueue',
    visibilityTimeoutSeconds: 30,
    messageRetentionSeconds: 345_600,
    delaySeconds: 0,
    receiveWaitSeconds: 0,
    maximumMessageSizeBytes: 1_048_576,
    policies: [],
    sqsManagedSseEnabled: true,
    tags: {},
    ...changes,
  };
}

/** A queue whose messages go to `deadLetterQueue` once they were received `maxReceiveCount` times. */
export function withDeadLetterQueue(name: string, deadLetterQueue: string, maxReceiveCount: number): QueueModel {
  return queueModel(name, { redrivePolicy: { deadLetterTargetArn: arnOf(deadLetterQueue), maxReceiveCount } });
}
