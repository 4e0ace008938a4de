import type { Permission } from '../../endpoint/api.ts';
import type { DynamodbModel } from '../dynamodb/model.ts';
import type { SnsModel } from '../sns/model.ts';
import type { SqsModel } from '../sqs/model.ts';
import { isNamed, type KmsModel } from './keys.ts';

/** A permission for a key that a service uses in the caller's name. */
export interface KeyPermission extends Permission {
  /** `sqs`, `sns` or `dynamodb`: the service through which the caller uses the key. */
  readonly viaService: string;
}

type Encrypted = Partial<KmsModel & SqsModel & SnsModel & DynamodbModel>;

/**
 * SQS Developer Guide, "Configuring AWS KMS permissions": a sender's new data key is decrypted to see that it is sound.
 */
const queueActions: Readonly<Record<string, readonly string[]>> = {
  'sqs:SendMessage': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'sqs:ReceiveMessage': ['kms:Decrypt'],
};

/** SNS Developer Guide, "Managing Amazon SNS encryption keys and costs": what a publisher to an encrypted topic needs. */
const topicActions: Readonly<Record<string, readonly string[]>> = {
  'sns:Publish': ['kms:GenerateDataKey', 'kms:Decrypt'],
};

/** DynamoDB decrypts the table's key for who reads or writes (Developer Guide, "Encryption at rest usage notes"). */
const tableActions: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [
    'BatchGetItem',
    'BatchWriteItem',
    'ConditionCheckItem',
    'DeleteItem',
    'GetItem',
    'PutItem',
    'Query',
    'Scan',
    'UpdateItem',
  ].map((name) => [`dynamodb:${name}`, ['kms:Decrypt']]),
);

/** The key of AWS's own for queues. Its policy lets no service use it (SNS Developer Guide, dead-letter queues). */
const managedQueueKey = 'alias/aws/sqs';

/**
 * The permissions for a key that a call needs too, because its queue, topic or table is encrypted with the key. They are
 * asked for at every call; AWS remembers the answer for minutes. A key that is in no stack needs no permission here,
 * but for AWS's own key of queues when a service of AWS calls.
 */
export function keyPermissions({ keys = [], queues = [], topics = [], tables = [] }: Encrypted) {
  const keyArn = (name: string | undefined) =>
    name === undefined ? undefined : keys.find((key) => isNamed(key, name))?.arn;
  const keyOfQueue = new Map(queues.map(({ arn, kmsMasterKeyId }) => [arn, keyArn(kmsMasterKeyId)]));
  const managed = new Set(queues.flatMap(({ arn, kmsMasterKeyId }) => (isManaged(kmsMasterKeyId) ? arn : [])));
  const keyOfTopic = new Map(topics.map(({ arn, kmsMasterKeyId }) => [arn, keyArn(kmsMasterKeyId)]));
  const keyOfTable = new Map(tables.map(({ arn, kmsMasterKeyId }) => [arn, keyArn(kmsMasterKeyId)]));
  return ({ action, resource }: Permission, caller: 'role' | 'service'): readonly KeyPermission[] => [
    ...through('sqs', keyOfQueue.get(resource), queueActions[action]),
    ...through(
      'sqs',
      caller === 'service' && managed.has(resource) ? managedQueueKey : undefined,
      queueActions[action],
    ),
    ...through('sns', keyOfTopic.get(resource), topicActions[action]),
    ...through('dynamodb', keyOfTable.get(resource.split('/index/')[0] ?? ''), tableActions[action]),
  ];
}

function isManaged(keyName: string | undefined): boolean {
  return keyName?.endsWith(managedQueueKey) === true;
}

function through(viaService: string, resource: string | undefined, actions: readonly string[] = []): KeyPermission[] {
  return resource === undefined ? [] : actions.map((action) => ({ action, resource, viaService }));
}
