import { type Draft, refuseSameNames } from '../../assembly/draft.ts';
import { assemblyError, refusedByAws } from '../../assembly/error-codes.ts';
import { isJsonObject, shown } from '../../assembly/json.ts';
import { generatedName } from '../../assembly/physical-names.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { DeclaredResource, ResourceType, ResourceTypes } from '../../assembly/resource-type.ts';
import type { Place } from '../../errors.ts';
import { readPolicyDocument } from '../iam/resources.ts';
import { type DeclaredQueue, declaredQueuePolicies, declaredQueues, type QueueModel, type SqsModel } from './model.ts';

/**
 * `AWS::SQS::Queue`. Limits and defaults: SQS API reference, SetQueueAttributes; the message size limit is 1 MiB
 * since August 2025.
 */
const queueType: ResourceType = {
  reads: [
    'ContentBasedDeduplication',
    'DeduplicationScope',
    'DelaySeconds',
    'FifoQueue',
    'FifoThroughputLimit',
    'KmsDataKeyReusePeriodSeconds',
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
  ignores: {},
  refuses: {},
  without: 'Who calls it is told that there is no such queue, and with it go its mappings and policies.',

  identify(resource) {
    const name = queueName(resource);
    const { partition, region, accountId, endpointUrl } = resource.environment;
    const url = `${endpointUrl}/${accountId}/${name}`;
    const arn = `arn:${partition}:sqs:${region}:${accountId}:${name}`;
    return { physicalId: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
  },

  declare({ stack, logicalId, properties }, { attributes }, draft) {
    const kmsMasterKeyId = properties.text('KmsMasterKeyId');
    const kmsDataKeyReusePeriodSeconds = properties.integer('KmsDataKeyReusePeriodSeconds', 60, 86_400);
    const redriveAllowPolicy = properties.json('RedriveAllowPolicy');
    draft.add(declaredQueues, {
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
      ...(kmsDataKeyReusePeriodSeconds === undefined ? {} : { kmsDataKeyReusePeriodSeconds }),
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
const queuePolicyType: ResourceType = {
  reads: ['PolicyDocument', 'Queue', 'Queues'],
  ignores: {},
  refuses: {},
  belongsTo: ['Queue', 'Queues'],
  without: 'Who else may use its queues, and who may not, is not checked.',

  identify({ stack, logicalId }) {
    return { physicalId: generatedName(stack, logicalId, 128), attributes: {} };
  },

  declare({ properties }, _identity, draft) {
    const url = properties.text('Queue');
    draft.add(declaredQueuePolicies, {
      queueUrls: url === undefined ? properties.texts('Queues') : [url],
      document: readPolicyDocument(properties, 'PolicyDocument'),
      place: properties.placeOf('Queues'),
    });
  },
};

/** SQS's resource types in templates. */
export const sqsResourceTypes: ResourceTypes = {
  'AWS::SQS::Queue': queueType,
  'AWS::SQS::QueueInlinePolicy': queuePolicyType,
  'AWS::SQS::QueuePolicy': queuePolicyType,
};

/** SQS's part of the model: the queues with the policies of all stacks. Refuses what SQS would refuse. */
export function readSqsModel(draft: Draft): SqsModel {
  const queues = draft.all(declaredQueues);
  refuseSameNames('queues', queues);
  checkRedrive(queues);
  refuseStrayPolicies(draft);
  return { queues: queues.map((queue) => withPolicies(queue, draft)) };
}

function withPolicies(queue: DeclaredQueue, draft: Draft): QueueModel {
  const own = draft
    .all(declaredQueuePolicies)
    .filter(({ queueUrls }) => queueUrls.some((url) => nameIn(url) === queue.name));
  return { ...queue, policies: own.map(({ document }) => document) };
}

function nameIn(queueUrl: string): string | undefined {
  return queueUrl.split('/').at(-1);
}

function refuseStrayPolicies(draft: Draft): void {
  const names = new Set(draft.all(declaredQueues).map(({ name }) => name));
  for (const { queueUrls, place } of draft.all(declaredQueuePolicies)) {
    const stray = queueUrls.find((url) => !names.has(nameIn(url) ?? ''));
    if (stray === undefined) continue;
    throw assemblyError('REFERENCE_MISSING', `No queue has the URL ${stray}.`, 'Declare the queue in the app.', place);
  }
}

/** Refuses a redrive policy whose dead-letter queue is missing, of the other kind, or does not allow this source. */
function checkRedrive(queues: readonly DeclaredQueue[]): void {
  for (const queue of queues) {
    if (queue.redrivePolicy === undefined) continue;
    const target = queues.find(({ arn }) => arn === queue.redrivePolicy?.deadLetterTargetArn);
    if (target === undefined)
      throw refusedRedrive(queue, 'Dead letter target does not exist.', deadLetterQueueRemedy(queue));
    if (target.fifo !== queue.fifo) {
      const remedy = 'Make both of them FIFO queues, or neither.';
      throw refusedRedrive(queue, 'Dead-letter queue must be same type of queue as the source.', remedy);
    }
    if (!allows(target, queue)) {
      throw assemblyError(
        'REFUSED_BY_AWS',
        `AWS would refuse this: the redriveAllowPolicy of ${target.logicalId} does not let this queue use it.`,
        `Let it name ${queue.arn}.`,
        placeOf(queue),
      );
    }
  }
}

function deadLetterQueueRemedy({ redrivePolicy }: DeclaredQueue): string {
  const arn = redrivePolicy?.deadLetterTargetArn;
  return `Declare the dead-letter queue. If it is in the account, say so with --queue ${arn}.`;
}

/** `redriveAllowPolicy`: everybody unless it says `denyAll`, or `byQueue` with a list of sources. */
function allows(target: DeclaredQueue, source: DeclaredQueue): boolean {
  const policy = target.redriveAllowPolicy;
  if (policy === undefined || policy['redrivePermission'] === 'allowAll') return true;
  const sources = policy['sourceQueueArns'];
  return policy['redrivePermission'] === 'byQueue' && Array.isArray(sources) && sources.includes(source.arn);
}

function refusedRedrive(queue: DeclaredQueue, reason: string, remedy: string): Error {
  return refusedByAws(
    'InvalidParameterValue',
    `Value ${JSON.stringify(queue.redrivePolicy)} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    remedy,
    placeOf(queue),
  );
}

function placeOf({ stack, logicalId }: DeclaredQueue): Place {
  return { stack, logicalId, property: '/Properties/RedrivePolicy' };
}
