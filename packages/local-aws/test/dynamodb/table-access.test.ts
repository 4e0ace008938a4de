import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { permissionsOf } from '../../src/services/dynamodb/permissions.ts';
import { functionThatMay, ordersTable, type RunningTables, startTables, tableArn } from './running-tables.ts';

const TableName = 'orders';
let running: RunningTables;
let worker: DynamoDBClient;

beforeAll(async () => {
  const arn = { 'Fn::GetAtt': ['Orders', 'Arn'] };
  running = await startTables({
    Orders: ordersTable,
    ...functionThatMay(['dynamodb:UpdateItem', 'dynamodb:Query', 'dynamodb:BatchWriteItem'], arn),
  });
  worker = await running.workerClient();
});

afterAll(() => running.close());

const arnOf = (name: string) => `arn of ${name}`;

const denial = (action: string, resource: string) => ({
  name: 'AccessDeniedException',
  message:
    'User: arn:aws:sts::000000000000:assumed-role/worker-role/worker is not authorized to perform: ' +
    `${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  $metadata: expect.objectContaining({ httpStatusCode: 400 }),
});

const query = (index: { IndexName?: string }, key: string) =>
  worker.send(
    new QueryCommand({
      TableName,
      ...index,
      KeyConditionExpression: '#key = :value',
      ExpressionAttributeNames: { '#key': key },
      ExpressionAttributeValues: { ':value': { S: '1' } },
    }),
  );

describe('a function', () => {
  test('may do what its role allows', async () => {
    const answer = await worker.send(new UpdateItemCommand({ TableName, Key: { id: { S: '1' } } }));
    expect(answer.$metadata.httpStatusCode).toBe(200);
  });

  test('is denied the rest, with action and resource', async () => {
    const read = worker.send(new GetItemCommand({ TableName, Key: { id: { S: '1' } } }));
    await expect(read).rejects.toMatchObject(denial('dynamodb:GetItem', tableArn));
  });

  test('needs permission for the index that it queries, not only for the table', async () => {
    expect((await query({}, 'id')).Count).toBe(1);
    await expect(query({ IndexName: 'by-status' }, 'status')).rejects.toMatchObject(
      denial('dynamodb:Query', `${tableArn}/index/by-status`),
    );
  });

  test('needs permission for every table of a batch', async () => {
    const PutRequest = { Item: { id: { S: '2' } } };
    const batch = new BatchWriteItemCommand({
      RequestItems: { [TableName]: [{ PutRequest }], other: [{ PutRequest }] },
    });
    const other = tableArn.replace('orders', 'other');
    await expect(worker.send(batch)).rejects.toMatchObject(denial('dynamodb:BatchWriteItem', other));
  });
});

describe('permissions', () => {
  test('of operations without a table are for its ARN as given, or for everything', () => {
    expect(permissionsOf('TagResource', { ResourceArn: tableArn }, arnOf)).toEqual([
      { action: 'dynamodb:TagResource', resource: tableArn },
    ]);
    expect(permissionsOf('ListTables', {}, arnOf)).toEqual([{ action: 'dynamodb:ListTables', resource: '*' }]);
  });
});
