import type { QueueModel } from '../../model.ts';
import { refusedByAws } from '../error-codes.ts';
import { isJsonObject, shown } from '../json.ts';
import { generatedName } from '../physical-names.ts';
import type { Properties } from '../properties.ts';
import type { DeclaredResource, ResourceType } from '../resource-type.ts';
import { readPolicyDocument } from './iam.ts';

/**
 * `AWS::SQS::Queue`. Limits and defaults: SQS API reference, SetQueueAttributes; the message size limit is 1 MiB
 * since August 2025.
 */
export const sqsQueue: ResourceType = {
  reads: [
    'ContentBasedDeduplication',
    'DeduplicationScope',
    'DelaySeconds',
    'FifoQueue',
    'FifoThroughputLimit',
    'KmsMasterKeyId',
    'MaximumMessageSize',
    'MessageRetentionPeriod',
    'QueueName',
    'ReceiveMessageWaitTimeSeconds',
    'RedriveAllowPolicy',
    'RedrivePolicy',
    'SqsManagedSseEnabled',
    'Tags',
    'VisibilityTimeout',
  ],
  ignores: { KmsDataKeyReusePeriodSeconds: 'Messages are not encrypted in memory.' },
  refuses: {},

  identify(resource) {
    const name = queueName(resource);
    const { partition, region, accountId, endpointUrl } = resource.environment;
    const url = `${endpointUrl}/${accountId}/${name}`;
    const arn = `arn:${partition}:sqs:${region}:${accountId}:${name}`;
    return { physicalId: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
  },

  declare({ stack, logicalId, properties }, { attributes }, draft) {
    const kmsMasterKeyId = properties.text('KmsMasterKeyId');
    const redriveAllowPolicy = properties.json('RedriveAllowPolicy');
    draft.queues.push({
      stack,
      logicalId,
      name: attributes['QueueName'] ?? '',
      arn: attributes['Arn'] ?? '',
      ...readFifo(properties),
      visibilityTimeoutSeconds: properties.integer('VisibilityTimeout', 0, 43_200) ?? 30,
      messageRetentionSeconds: properties.integer('MessageRetentionPeriod', 60, 1_209_600) ?? 345_600,
      delaySeconds: properties.integer('DelaySeconds', 0, 900) ?? 0,
      receiveWaitSeconds: properties.integer('ReceiveMessageWaitTimeSeconds', 0, 20) ?? 0,
      maximumMessageSizeBytes: properties.integer('MaximumMessageSize', 1024, 1_048_576) ?? 1_048_576,
      ...readRedrive(properties),
      ...(redriveAllowPolicy === undefined ? {} : { redriveAllowPolicy }),
      sqsManagedSseEnabled: properties.boolean('SqsManagedSseEnabled') ?? kmsMasterKeyId === undefined,
      ...(kmsMasterKeyId === undefined ? {} : { kmsMasterKeyId }),
      tags: readTags(properties),
    });
  },
};

function queueName({ stack, logicalId, properties }: DeclaredResource): string {
  const fifo = properties.boolean('FifoQueue') ?? false;
  const name = properties.text('QueueName') ?? generatedName(stack, logicalId, 80, fifo ? '.fifo' : '');
  const stem = fifo ? name.replace(/\.fifo$/u, '') : name;
  if (name.length <= 80 && /^[\w-]+$/u.test(stem) && name.endsWith('.fifo') === fifo) return name;
  throw refusedByAws(
    'InvalidParameterValue',
    fifo
      ? 'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.'
      : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    `Rename the queue ${name}.`,
    properties.placeOf('QueueName'),
  );
}

function readFifo(
  properties: Properties,
): Pick<QueueModel, 'fifo' | 'contentBasedDeduplication' | 'deduplicationScope' | 'fifoThroughputLimit'> {
  const fifo = properties.boolean('FifoQueue') ?? false;
  const attributes = {
    contentBasedDeduplication: properties.boolean('ContentBasedDeduplication') ?? false,
    deduplicationScope: properties.choice('DeduplicationScope', ['queue', 'messageGroup']) ?? 'queue',
    fifoThroughputLimit: properties.choice('FifoThroughputLimit', ['perQueue', 'perMessageGroupId']) ?? 'perQueue',
  };
  const onlyFifo = ['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];
  const misplaced = onlyFifo.find((name) => !fifo && properties.value(name) !== undefined);
  if (misplaced !== undefined) {
    throw refusedByAws(
      'InvalidAttributeName',
      `Unknown Attribute ${misplaced}.`,
      `Remove ${misplaced}, or make the queue a FIFO queue.`,
      properties.placeOf(misplaced),
    );
  }
  return { fifo, ...attributes };
}

function readRedrive(properties: Properties): Pick<QueueModel, 'redrivePolicy'> {
  const policy = properties.object('RedrivePolicy', ['deadLetterTargetArn', 'maxReceiveCount']);
  if (policy === undefined) return {};
  const deadLetterTargetArn = policy.requiredText('deadLetterTargetArn');
  const maxReceiveCount = policy.integer('maxReceiveCount', 1, 1000);
  if (maxReceiveCount === undefined)
    throw policy.invalid('maxReceiveCount', undefined, 'a whole number from 1 to 1000');
  return { redrivePolicy: { deadLetterTargetArn, maxReceiveCount } };
}

function readTags(properties: Properties): Record<string, string> {
  const tags = properties.list('Tags').filter(isJsonObject);
  return Object.fromEntries(tags.map((tag) => [shown(tag['Key']), shown(tag['Value'])]));
}

/** `AWS::SQS::QueuePolicy` and `AWS::SQS::QueueInlinePolicy`: who else may use a queue. */
export const sqsQueuePolicy: ResourceType = {
  reads: ['PolicyDocument', 'Queue', 'Queues'],
  ignores: {},
  refuses: {},

  identify({ stack, logicalId }) {
    return { physicalId: generatedName(stack, logicalId, 128), attributes: {} };
  },

  declare({ properties }, _identity, draft) {
    const queue = properties.text('Queue');
    draft.queuePolicies.push({
      queueUrls: queue === undefined ? properties.texts('Queues') : [queue],
      document: readPolicyDocument(properties, 'PolicyDocument'),
      place: properties.placeOf('Queues'),
    });
  },
};
