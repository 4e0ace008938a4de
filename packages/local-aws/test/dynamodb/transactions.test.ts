import {
  GetItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  functionThatMay,
  marksTable,
  ordersTable,
  type RunningTables,
  startTables,
  tableArn,
} from './running-tables.ts';

const TableName = 'orders';
let running: RunningTables;

beforeAll(async () => {
  running = await startTables({
    Orders: ordersTable,
    Marks: marksTable,
    ...functionThatMay(['dynamodb:PutItem'], tableArn),
  });
});

afterAll(() => running.close());

const transact = (TransactItems: TransactWriteItem[], others: object = {}) =>
  running.client.send(new TransactWriteItemsCommand({ TransactItems, ...others }));

const read = async (id: string, table = TableName) =>
  (await running.client.send(new GetItemCommand({ TableName: table, Key: { id: { S: id } } }))).Item;

const put = (id: string, attributes: object = {}, others: object = {}): TransactWriteItem => ({
  Put: { TableName, Item: { id: { S: id }, ...attributes }, ...others },
});

const ifNew = { ConditionExpression: 'attribute_not_exists(id)' };

const update = (id: string, UpdateExpression: string, value = '1'): TransactWriteItem => ({
  Update: {
    TableName,
    Key: { id: { S: id } },
    UpdateExpression,
    ExpressionAttributeNames: { '#total': 'total' },
    ExpressionAttributeValues: { ':n': { N: value } },
  },
});

const both = () => [update('half-a', 'ADD #total :n'), update('half-b', 'ADD #total :n')];

describe('TransactWriteItems', () => {
  test('writes an order and its mark together', async () => {
    await transact([
      put('together', {}, ifNew),
      { Put: { TableName: 'marks', Item: { id: { S: 'together' } }, ...ifNew } },
      update('counter', 'ADD #total :n', '3'),
    ]);
    expect(await read('together')).toEqual({ id: { S: 'together' } });
    expect(await read('together', 'marks')).toEqual({ id: { S: 'together' } });
    expect(await read('counter')).toEqual({ id: { S: 'counter' }, total: { N: '3' } });
  });

  test('writes nothing when one condition fails, and says which one and what was in the way', async () => {
    await transact([put('there', { total: { N: '5' } })]);
    const cancelled = transact([
      put('new'),
      put('there', {}, { ...ifNew, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      update('new-counter', 'ADD #total :n'),
      {
        ConditionCheck: {
          TableName,
          Key: { id: { S: 'gone' } },
          ConditionExpression: 'attribute_exists(id)',
        },
      },
    ]);
    await expect(cancelled).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, ConditionalCheckFailed, None, ConditionalCheckFailed]',
      CancellationReasons: [
        { Code: 'None' },
        {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          Item: { id: { S: 'there' }, total: { N: '5' } },
        },
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      ],
    });
    expect(await read('new')).toBeUndefined();
    expect(await read('new-counter')).toBeUndefined();
  });

  test('leaves items as they were after a failure, also in an index', async () => {
    const attributes = { status: { S: 'kept' }, at: { S: '1' }, total: { N: '1' } };
    const item = { id: { S: 'kept' }, ...attributes };
    await transact([put('kept', attributes)]);
    const key = { TableName, Key: { id: { S: 'kept' } } };
    for (const write of [
      put('kept'),
      { Delete: key },
      update('kept', 'SET #total = #total + :n'),
      { ConditionCheck: { ...key, ConditionExpression: 'attribute_exists(id)' } },
    ]) {
      await expect(transact([write, put('there', {}, ifNew)])).rejects.toMatchObject({
        CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
      });
      expect(await read('kept')).toEqual(item);
    }
    const byStatus = new QueryCommand({
      TableName,
      IndexName: 'by-status',
      KeyConditionExpression: '#status = :kept',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':kept': { S: 'kept' } },
    });
    expect((await running.client.send(byStatus)).Items).toEqual([item]);
  });

  test('leaves an item that it only checked as it was', async () => {
    await transact([put('checked')]);
    const check = { TableName, Key: { id: { S: 'checked' } }, ConditionExpression: 'attribute_exists(id)' };
    await transact([{ ConditionCheck: check }, put('beside')]);
    expect(await read('checked')).toEqual({ id: { S: 'checked' } });
    expect(await read('beside')).toEqual({ id: { S: 'beside' } });
  });

  test('is cancelled for an update that the item does not allow', async () => {
    await transact([put('plain')]);
    await expect(transact([put('before'), update('plain', 'SET #total = nothing + :n')])).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [
        { Code: 'None' },
        {
          Code: 'ValidationError',
          Message: 'The provided expression refers to an attribute that does not exist in the item',
        },
      ],
    });
    expect(await read('before')).toBeUndefined();
  });

  test('with the same token happens once; another request with the token is refused', async () => {
    const ClientRequestToken = 'token-1';
    const once = [update('idempotent', 'ADD #total :n')];
    await transact(once, { ClientRequestToken });
    await transact(once, { ClientRequestToken });
    expect(await read('idempotent')).toMatchObject({ total: { N: '1' } });
    await expect(transact([put('another')], { ClientRequestToken })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
      message: 'The request uses the same client token as a previous, but non-identical request.',
    });
  });

  test('of one item among others at the same time is isolated: no increment is lost, no half is seen', async () => {
    const seen: unknown[] = [];
    const look = async () => {
      const { Responses } = await running.client.send(
        new TransactGetItemsCommand({
          TransactItems: ['half-a', 'half-b'].map((id) => ({ Get: { TableName, Key: { id: { S: id } } } })),
        }),
      );
      seen.push(Responses?.map(({ Item }) => Item?.['total']?.N));
    };
    const single = new UpdateItemCommand({ ...both()[0]!.Update!, Key: { id: { S: 'half-c' } } });
    await Promise.all(Array.from({ length: 10 }, () => [transact(both()), look(), running.client.send(single)]).flat());
    expect(await read('half-a')).toMatchObject({ total: { N: '10' } });
    expect(await read('half-c')).toMatchObject({ total: { N: '10' } });
    for (const totals of seen as [string?, string?][]) expect(totals[0]).toBe(totals[1]);
  });

  test('counts two units for an item and for each index that it changes; a check changes none', async () => {
    const indexed = { status: { S: 'open' }, at: { S: '1' } };
    await transact([put('checked', indexed)]);
    const check = { TableName, Key: { id: { S: 'checked' } }, ConditionExpression: 'attribute_exists(id)' };
    const writes = [put('units', indexed), put('small'), { ConditionCheck: check }];
    const { ConsumedCapacity } = await transact(writes, { ReturnConsumedCapacity: 'INDEXES' });
    expect(ConsumedCapacity).toEqual([
      {
        TableName,
        CapacityUnits: 8,
        WriteCapacityUnits: 8,
        Table: { CapacityUnits: 6, WriteCapacityUnits: 6 },
        GlobalSecondaryIndexes: { 'by-status': { CapacityUnits: 2, WriteCapacityUnits: 2 } },
      },
    ]);
  });

  const twice = 'Transaction request cannot include multiple operations on one item';
  test.each<[string, TransactWriteItem[], string, string]>([
    ['no item', [], 'ValidationException', 'Member must have length greater than or equal to 1'],
    [
      '101 items',
      Array.from({ length: 101 }, (_, index) => put(`${index}`)),
      'ValidationException',
      'Member must have length less than or equal to 100',
    ],
    ['an item twice', [put('x'), update('x', 'ADD #total :n')], 'ValidationException', twice],
    [
      'nothing to do',
      [{}],
      'ValidationException',
      'TransactItems can only contain one of Check, Put, Update or Delete',
    ],
    ['a wrong expression', [update('x', 'PUT it')], 'ValidationException', 'Invalid UpdateExpression: Syntax error'],
    [
      'a table that is not there',
      [{ Put: { TableName: 'nowhere', Item: { id: { S: 'x' } } } }],
      'ResourceNotFoundException',
      'Requested resource not found',
    ],
  ])('of %s is refused', async (_what, items, name, message) => {
    await expect(transact(items)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('needs the permission of each of its operations', async () => {
    const client = await running.workerClient();
    await client.send(new TransactWriteItemsCommand({ TransactItems: [put('allowed')] }));
    const denied = new TransactWriteItemsCommand({ TransactItems: [put('a'), update('b', 'ADD #total :n')] });
    await expect(client.send(denied)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('dynamodb:UpdateItem'),
    });
    const check = { TableName, Key: { id: { S: 'a' } }, ConditionExpression: 'attribute_exists(id)' };
    await expect(
      client.send(new TransactWriteItemsCommand({ TransactItems: [{ ConditionCheck: check }] })),
    ).rejects.toMatchObject({ message: expect.stringContaining('dynamodb:ConditionCheckItem') });
  });
});

describe('TransactGetItems', () => {
  test('answers in the order of the request, with nothing for what is not there', async () => {
    await transact([update('got', 'SET #total = :n')]);
    const { Responses, ConsumedCapacity } = await running.client.send(
      new TransactGetItemsCommand({
        ReturnConsumedCapacity: 'TOTAL',
        TransactItems: [
          { Get: { TableName, Key: { id: { S: 'nobody' } } } },
          {
            Get: {
              TableName,
              Key: { id: { S: 'got' } },
              ProjectionExpression: '#total',
              ExpressionAttributeNames: { '#total': 'total' },
            },
          },
        ],
      }),
    );
    expect(Responses).toEqual([{}, { Item: { total: { N: '1' } } }]);
    expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 4, ReadCapacityUnits: 4 }]);
  });

  test('of a key that is none is cancelled', async () => {
    const get = new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key: { no: { S: 'x' } } } }] });
    await expect(running.client.send(get)).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'ValidationError', Message: 'The provided key element does not match the schema' }],
    });
  });
});
