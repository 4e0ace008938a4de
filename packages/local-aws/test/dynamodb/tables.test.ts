import { crc32 } from 'node:zlib';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DescribeTableCommand,
  ExecuteTransactionCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ordersTable, type RunningTables, startTables, tableArn } from './running-tables.ts';

const TableName = 'orders';
let running: RunningTables;

beforeAll(async () => {
  running = await startTables({ Orders: ordersTable });
});

afterAll(() => running.close());

const putOnce = (id: string, total: string) =>
  running.client.send(
    new PutItemCommand({
      TableName,
      Item: { id: { S: id }, status: { S: 'failed' }, at: { S: '2026-01-01' }, total: { N: total }, body: { S: '{}' } },
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  );

/** A call as it goes over the wire. */
const post = (operation: string, body: string): Promise<Response> =>
  fetch(running.runtime.endpoint.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/dynamodb/aws4_request, Signature=x',
    },
    body,
  });

describe('a table of the template', () => {
  test('is there, under the ARN that the template gives it', async () => {
    const { Table } = await running.client.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      TableArn: tableArn,
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      GlobalSecondaryIndexes: [{ IndexArn: `${tableArn}/index/by-status`, IndexStatus: 'ACTIVE' }],
    });
    expect(Table?.TableId).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect((await running.client.send(new ListTablesCommand({}))).TableNames).toEqual([TableName]);
  });

  test('takes a conditional put once, and shows the item that was in the way', async () => {
    await putOnce('conditional', '1');
    await expect(putOnce('conditional', '2')).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      $metadata: { httpStatusCode: 400 },
      Item: { total: { N: '1' } },
    });
  });

  test('answers an update with what was there before', async () => {
    const update = new UpdateItemCommand({
      TableName,
      Key: { id: { S: 'updated' } },
      UpdateExpression: 'SET contentHash = if_not_exists(contentHash, :hash)',
      ConditionExpression: 'attribute_not_exists(id) OR contentHash = :hash',
      ExpressionAttributeValues: { ':hash': { S: 'abc' } },
      ReturnValues: 'ALL_OLD',
    });
    expect((await running.client.send(update)).Attributes).toBeUndefined();
    expect((await running.client.send(update)).Attributes).toEqual({ id: { S: 'updated' }, contentHash: { S: 'abc' } });
  });

  test('is queried by its index, which holds what it projects', async () => {
    await putOnce('indexed', '7');
    const { Items } = await running.client.send(
      new QueryCommand({
        TableName,
        IndexName: 'by-status',
        KeyConditionExpression: '#status = :failed',
        FilterExpression: 'id = :id',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':failed': { S: 'failed' }, ':id': { S: 'indexed' } },
      }),
    );
    expect(Items).toEqual([
      { id: { S: 'indexed' }, status: { S: 'failed' }, at: { S: '2026-01-01' }, total: { N: '7' } },
    ]);
  });

  test('is scanned in segments that together are the table', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `batch-${index}`);
    const PutRequests = ids.map((id) => ({ PutRequest: { Item: { id: { S: id } } } }));
    await running.client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: PutRequests } }));
    const segments = await Promise.all(
      [0, 1, 2, 3].map((Segment) => running.client.send(new ScanCommand({ TableName, Segment, TotalSegments: 4 }))),
    );
    const found = segments.flatMap(({ Items = [] }) => Items.map(({ id }) => id?.S ?? ''));
    expect(found.filter((id) => id.startsWith('batch-')).toSorted()).toEqual(ids.toSorted());
  });
});

describe('a table named by its ARN', () => {
  test('is written, read and described as by its name', async () => {
    const Item = { id: { S: 'by-arn' } };
    await running.client.send(new PutItemCommand({ TableName: tableArn, Item }));
    const put = { Put: { TableName: tableArn, Item: { id: { S: 'by-arn, too' } } } };
    await running.client.send(new TransactWriteItemsCommand({ TransactItems: [put] }));
    expect((await running.client.send(new GetItemCommand({ TableName: tableArn, Key: Item }))).Item).toEqual(Item);
    const batch = { [tableArn]: { Keys: [Item, put.Put.Item] } };
    const { Responses } = await running.client.send(new BatchGetItemCommand({ RequestItems: batch }));
    expect(Responses?.[TableName]).toHaveLength(2);
    const { Table } = await running.client.send(new DescribeTableCommand({ TableName: tableArn }));
    expect(Table).toMatchObject({ TableName, TableArn: tableArn });
  });

  test('of another region or account is not there', async () => {
    for (const arn of [tableArn.replace('us-east-1', 'eu-west-1'), tableArn.replace('000000000000', '111122223333')]) {
      const get = new GetItemCommand({ TableName: arn, Key: { id: { S: 'by-arn' } } });
      await expect(running.client.send(get)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    }
  });
});

describe('a response', () => {
  test('keeps the checksum that SDKs compare with its body', async () => {
    const response = await post('GetItem', JSON.stringify({ TableName, Key: { id: { S: 'nobody' } } }));
    expect(response.headers.get('x-amz-crc32')).toBe(String(crc32(await response.text())));
  });

  test('of an error is as DynamoDB words it', async () => {
    const missing = new GetItemCommand({ TableName: 'nowhere', Key: { id: { S: '1' } } });
    await expect(running.client.send(missing)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    });
    const wrongKey = new GetItemCommand({ TableName, Key: { key: { S: '1' } } });
    await expect(running.client.send(wrongKey)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'The provided key element does not match the schema',
    });
  });

  test('says which operation is not there', async () => {
    await expect(running.client.send(new ExecuteTransactionCommand({ TransactStatements: [] }))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('dynamodb: ExecuteTransaction'),
      $metadata: { httpStatusCode: 501 },
    });
  });

  test('says which parameter would have done nothing', async () => {
    const addIndex = new UpdateTableCommand({
      TableName,
      GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-status' } }],
    });
    await expect(running.client.send(addIndex)).rejects.toMatchObject({
      message: expect.stringContaining('UpdateTable with GlobalSecondaryIndexUpdates'),
    });
  });
});
