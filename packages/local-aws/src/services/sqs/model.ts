import { ResourceList } from '../../assembly/draft.ts';
import type { Declared } from '../../assembly/model.ts';
import type { Place } from '../../errors.ts';
import type { PolicyDocument } from '../iam/model.ts';

/** SQS's part of the model. */
export interface SqsModel {
  readonly queues: readonly QueueModel[];
}

/**
 * `AWS::SQS::Queue`. What the template leaves out has the default of CloudFormation's reference: 30 s of visibility, 4
 * days of retention, no delay, no long polling, 1 MiB.
 */
export interface QueueModel extends Declared {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly fifoThroughputLimit: 'perQueue' | 'perMessageGroupId';
  readonly visibilityTimeoutSeconds: number;
  readonly messageRetentionSeconds: number;
  readonly delaySeconds: number;
  readonly receiveWaitSeconds: number;
  readonly maximumMessageSizeBytes: number;
  readonly redrivePolicy?: RedrivePolicy;
  readonly redriveAllowPolicy?: Readonly<Record<string, unknown>>;
  /** `AWS::SQS::QueuePolicy` of this queue. */
  readonly policies: readonly PolicyDocument[];
  readonly sqsManagedSseEnabled: boolean;
  readonly kmsMasterKeyId?: string;
  /** How long SQS would use a data key again: told by GetQueueAttributes, and of no effect here. */
  readonly kmsDataKeyReusePeriodSeconds?: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** After so many receives without a delete, a message goes to the other queue instead of out again. */
export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  /** 1 to 1,000. */
  readonly maxReceiveCount: number;
}

/** A queue of a template, before the policies that name it are attached. */
export type DeclaredQueue = Omit<QueueModel, 'policies'>;

export const declaredQueues = new ResourceList<DeclaredQueue>();

/** `AWS::SQS::QueuePolicy`, by the URLs of its queues. */
export const declaredQueuePolicies = new ResourceList<{
  readonly queueUrls: readonly string[];
  readonly document: PolicyDocument;
  readonly place: Place;
}>();
