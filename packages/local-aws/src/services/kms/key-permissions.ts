import type { Permission } from '../../endpoint/service.ts';
import type { DynamodbModel } from '../dynamodb/model.ts';
import type { SqsModel } from '../sqs/model.ts';
import type { KmsModel } from './keys.ts';

/** What a service does with a key in the caller's name. */
export interface KeyPermission extends Permission {
  /** `sqs` or `dynamodb`: the service through which the caller uses the key. */
  readonly viaService: string;
}

type Encrypted = Partial<KmsModel & SqsModel & DynamodbModel>;

/**
 * SQS Developer Guide, "Configuring AWS KMS permissions": a sender's new data key is decrypted to see that it is sound.
 */
const queueActions: Readonly<Record<string, readonly string[]>> = {
  'sqs:SendMessage': ['kms:GenerateDataKey', 'kms:Decrypt'],
  'sqs:ReceiveMessage': ['kms:Decrypt'],
};

/** DynamoDB decrypts the table's key for who reads or writes (Developer Guide, "Encryption at rest usage notes"). */
const tableActions: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ['BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'].map((name) => [
    `dynamodb:${name}`,
    ['kms:Decrypt'],
  ]),
);

/**
 * What a permission takes beside itself because of the key of its queue or table: asked at every call, where AWS asks
 * again after minutes. Keys that are in no stack, those of AWS among them, and keys named by an alias ask for nothing.
 */
export function keyPermissions({ keys = [], queues = [], tables = [] }: Encrypted) {
  const keyArn = (named: string | undefined) => keys.find(({ arn, id }) => arn === named || id === named)?.arn;
  const keyOfQueue = new Map(queues.map(({ arn, kmsMasterKeyId }) => [arn, keyArn(kmsMasterKeyId)]));
  const keyOfTable = new Map(tables.map(({ arn, kmsMasterKeyId }) => [arn, keyArn(kmsMasterKeyId)]));
  return ({ action, resource }: Permission): readonly KeyPermission[] => [
    ...through('sqs', keyOfQueue.get(resource), queueActions[action]),
    ...through('dynamodb', keyOfTable.get(resource.split('/index/')[0] ?? ''), tableActions[action]),
  ];
}

function through(viaService: string, resource: string | undefined, actions: readonly string[] = []): KeyPermission[] {
  return resource === undefined ? [] : actions.map((action) => ({ action, resource, viaService }));
}
