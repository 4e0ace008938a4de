import type { PolicyDocument } from '../iam/model.ts';
import type { QueueModel } from './model.ts';

export type QueuePolicy = PolicyDocument & { readonly Id?: string };

/** What `SetQueueAttributes` can change. Units and limits as in the API reference of that operation. */
export interface QueueSettings extends Omit<
  QueueModel,
  'stack' | 'logicalId' | 'name' | 'arn' | 'fifo' | 'policies' | 'tags'
> {
  readonly policy?: QueuePolicy;
}

/** 1 MiB, for a message and for a batch. Source: SQS Developer Guide, "Message quotas". */
export const maximumMessageBytes = 1_048_576;

/** Of `KmsDataKeyReusePeriodSeconds`. Source: API reference of SetQueueAttributes. */
export const defaultReusePeriodSeconds = 300;

/** Source: API reference of CreateQueue. */
export const defaultSettings: QueueSettings = {
  visibilityTimeoutSeconds: 30,
  messageRetentionSeconds: 345_600,
  delaySeconds: 0,
  receiveWaitSeconds: 0,
  maximumMessageSizeBytes: maximumMessageBytes,
  sqsManagedSseEnabled: true,
  contentBasedDeduplication: false,
  deduplicationScope: 'queue',
  fifoThroughputLimit: 'perQueue',
};

/** The settings of a template's queue. Its queue policies count as one, as they do once deployed. */
export function settingsOf(model: QueueModel): QueueSettings {
  const { redrivePolicy, redriveAllowPolicy, kmsMasterKeyId, kmsDataKeyReusePeriodSeconds } = model;
  const statements = model.policies.flatMap((policy) => policy.Statement);
  return {
    visibilityTimeoutSeconds: model.visibilityTimeoutSeconds,
    messageRetentionSeconds: model.messageRetentionSeconds,
    delaySeconds: model.delaySeconds,
    receiveWaitSeconds: model.receiveWaitSeconds,
    maximumMessageSizeBytes: model.maximumMessageSizeBytes,
    sqsManagedSseEnabled: model.sqsManagedSseEnabled,
    contentBasedDeduplication: model.contentBasedDeduplication,
    deduplicationScope: model.deduplicationScope,
    fifoThroughputLimit: model.fifoThroughputLimit,
    ...(redrivePolicy !== undefined && { redrivePolicy }),
    ...(redriveAllowPolicy !== undefined && { redriveAllowPolicy }),
    ...(kmsMasterKeyId !== undefined && { kmsMasterKeyId }),
    ...(kmsDataKeyReusePeriodSeconds !== undefined && { kmsDataKeyReusePeriodSeconds }),
    ...(statements.length > 0 && {
      policy: { Version: model.policies[0]?.Version ?? '2012-10-17', Statement: statements },
    }),
  };
}
