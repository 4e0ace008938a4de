import { DescribeTimeToLiveCommand, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ordersTable, type RunningTables, startTables } from './running-tables.ts';

const TableName = 'orders';
const Key = { id: { S: '1' } };
const { Properties } = ordersTable;
const ordersWith = (changes: object) => ({ ...ordersTable, Properties: { ...Properties, ...changes } });
const table = (name: string) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  },
});

let running: RunningTables;
const stored = async () => (await running.client.send(new GetItemCommand({ TableName, Key }))).Item;
const names = async () => (await running.client.send(new ListTablesCommand({}))).TableNames;

beforeAll(async () => {
  running = await startTables({ Orders: ordersTable });
  await running.client.send(new PutItemCommand({ TableName, Item: Key }));
});

afterAll(() => running.close());

describe('another assembly', () => {
  test('leaves a table its items and creates the new ones', async () => {
    await running.reload({ Orders: ordersTable, Other: table('other') });
    expect(await stored()).toEqual(Key);
    expect(await names()).toEqual(['orders', 'other']);
  });

  test('takes no table away', async () => {
    await running.reload({ Other: table('other') });
    expect(await stored()).toEqual(Key);
  });

  test.each([
    ['keys', ordersWith({ KeySchema: [...Properties.KeySchema, { AttributeName: 'at', KeyType: 'RANGE' }] })],
    ['global indexes', table('orders')],
  ])('that changes the %s of a table is refused, and everything goes on as before', async (what, changed) => {
    await expect(running.reload({ Orders: changed, Third: table('third') })).rejects.toMatchObject({
      code: 'TABLE_CHANGED',
      message: expect.stringContaining(`The running table orders cannot change its ${what}.`),
      place: { stack: 'Shop', logicalId: 'Orders' },
    });
    expect(await stored()).toEqual(Key);
    expect(await names()).toEqual(['orders', 'other']);
    expect(running.runtime.model.tables.map(({ name }) => name)).toEqual(['other']);
  });

  test('may give a table a time to live, which is then told', async () => {
    const told = async () =>
      (await running.client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
    expect(await told()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true };
    await running.reload({ Orders: ordersWith({ TimeToLiveSpecification }) });
    expect(await told()).toEqual({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
    await running.reload({ Orders: ordersTable });
    expect(await told()).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });

  test('may list indexes and attributes in another order', async () => {
    const { AttributeDefinitions } = Properties;
    await running.reload({ Orders: ordersWith({ AttributeDefinitions: AttributeDefinitions.toReversed() }) });
    expect(await stored()).toEqual(Key);
  });
});
