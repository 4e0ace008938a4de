import { PutItemCommand, type ReturnValue, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ordersTable, type RunningTables, startTables } from './running-tables.ts';

const TableName = 'orders';
const Key = { id: { S: 'A-1' } };
let running: RunningTables;

beforeAll(async () => {
  running = await startTables({ Orders: ordersTable });
});

afterAll(() => running.close());

beforeEach(() => running.client.send(new PutItemCommand({ TableName, Item: { ...Key, amount: { N: '1' } } })));

const update = (UpdateExpression: string, ReturnValues: ReturnValue) =>
  running.client.send(new UpdateItemCommand({ TableName, Key, UpdateExpression, ReturnValues }));

describe('an update answers', () => {
  test.each<[string, ReturnValue]>([
    ['REMOVE amount', 'UPDATED_NEW'],
    ['REMOVE nobody', 'UPDATED_OLD'],
  ])('no attributes to %s with %s, instead of none of them', async (expression, returnValues) => {
    expect((await update(expression, returnValues)).Attributes).toBeUndefined();
  });

  test('the attributes that there are', async () => {
    expect((await update('SET price = amount REMOVE amount', 'UPDATED_NEW')).Attributes).toEqual({ price: { N: '1' } });
    expect((await update('REMOVE price', 'UPDATED_OLD')).Attributes).toEqual({ price: { N: '1' } });
  });

  test('the capacity beside attributes that are not there', async () => {
    const ReturnConsumedCapacity = 'TOTAL';
    const answer = await running.client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'REMOVE amount',
        ReturnValues: 'UPDATED_NEW',
        ReturnConsumedCapacity,
      }),
    );
    expect(answer.ConsumedCapacity?.CapacityUnits).toBe(1);
    expect(answer.Attributes).toBeUndefined();
  });
});
