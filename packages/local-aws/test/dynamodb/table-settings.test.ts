import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  PutItemCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../src/testing/eventually.ts';
import { ordersTable, type RunningTables, startTables } from './running-tables.ts';

const TableName = 'orders';
let running: RunningTables;

beforeAll(async () => {
  const { Properties, ...table } = ordersTable;
  running = await startTables({
    Orders: ordersTable,
    Guarded: { ...table, Properties: { ...Properties, TableName: 'guarded', DeletionProtectionEnabled: true } },
  });
});

afterAll(() => running.close());

const create = (name: string, others: object = {}) =>
  running.client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      ...others,
    }),
  );

/** What clients of AWS wait for: `CREATING`, `ACTIVE` and `DELETING`, or the error of a table that is not there. */
const status = (name: string) =>
  running.client.send(new DescribeTableCommand({ TableName: name })).then(
    ({ Table }) => Table?.TableStatus,
    ({ name: error }: Error) => error,
  );

/** The table is `CREATING` for a moment, as on AWS. */
async function make(name: string, others: object = {}) {
  const { TableDescription } = await create(name, others);
  expect(
    await eventually(
      () => status(name),
      (now) => now === 'ACTIVE',
    ),
  ).toBe('ACTIVE');
  return TableDescription;
}

/** The table is `DELETING` for a moment, as on AWS. */
async function remove(name: string): Promise<void> {
  const isGone = 'ResourceNotFoundException';
  await running.client.send(new DeleteTableCommand({ TableName: name }));
  expect(
    await eventually(
      () => status(name),
      (now) => now === isGone,
    ),
  ).toBe(isGone);
}

const isProtected = async (name: string) =>
  (await running.client.send(new DescribeTableCommand({ TableName: name }))).Table?.DeletionProtectionEnabled;

const timeToLive = async (name: string) =>
  (await running.client.send(new DescribeTimeToLiveCommand({ TableName: name }))).TimeToLiveDescription;

const setTimeToLive = (AttributeName: string, Enabled: boolean, name = TableName) =>
  running.client.send(
    new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: { AttributeName, Enabled } }),
  );

describe('the time to live', () => {
  test('is set, told and cleared', async () => {
    expect(await timeToLive(TableName)).toEqual({ TimeToLiveStatus: 'DISABLED' });
    const { TimeToLiveSpecification } = await setTimeToLive('expiresAt', true);
    expect(TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
    expect(await timeToLive(TableName)).toEqual({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
    await expect(setTimeToLive('expiresAt', true)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'TimeToLive is already enabled',
    });
    await expect(setTimeToLive('another', false)).rejects.toMatchObject({
      message: 'TimeToLive is active on a different AttributeName: current AttributeName is expiresAt',
    });
    await setTimeToLive('expiresAt', false);
    expect(await timeToLive(TableName)).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await expect(setTimeToLive('expiresAt', false)).rejects.toMatchObject({
      message: 'TimeToLive is already disabled',
    });
  });

  test('of a table that is not there is refused', async () => {
    await expect(setTimeToLive('expiresAt', true, 'nowhere')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('goes with its table', async () => {
    await make('short-lived');
    await setTimeToLive('expiresAt', true, 'short-lived');
    await remove('short-lived');
    await make('short-lived');
    expect(await timeToLive('short-lived')).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });
});

describe('deletion protection', () => {
  test('is told as the template or CreateTable gave it', async () => {
    expect(await isProtected(TableName)).toBe(false);
    expect(await isProtected('guarded')).toBe(true);
    const description = await make('made', { DeletionProtectionEnabled: true });
    expect(description?.DeletionProtectionEnabled).toBe(true);
    expect(await isProtected('made')).toBe(true);
  });

  test('keeps a table until it is switched off', async () => {
    const command = new DeleteTableCommand({ TableName: 'guarded' });
    await expect(running.client.send(command)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('protected against deletion'),
    });
    const { TableDescription } = await running.client.send(
      new UpdateTableCommand({ TableName: 'guarded', DeletionProtectionEnabled: false }),
    );
    expect(TableDescription).toMatchObject({ TableName: 'guarded', DeletionProtectionEnabled: false });
    await remove('guarded');
  });
});

test('a table that is there already is named by the error', async () => {
  await expect(create(TableName)).rejects.toMatchObject({
    name: 'ResourceInUseException',
    message: 'Table already exists: orders',
  });
});

const capacityOf = async (command: PutItemCommand | UpdateItemCommand | DeleteItemCommand) =>
  (await running.client.send(command as PutItemCommand)).ConsumedCapacity;

const units = (table: number, index: number) => ({
  TableName,
  CapacityUnits: table + index,
  Table: { CapacityUnits: table },
  ...(index > 0 && { GlobalSecondaryIndexes: { 'by-status': { CapacityUnits: index } } }),
});

const put = (item: object) =>
  capacityOf(
    new PutItemCommand({
      TableName,
      Item: { id: { S: 'capacity' }, ...item },
      ReturnConsumedCapacity: 'INDEXES',
    }),
  );
describe('consumed capacity', () => {
  const entry = { status: { S: 'open' }, at: { S: '1' } };
  test('counts the writes of each index: new, unchanged, with another key, gone', async () => {
    expect(await put({})).toEqual(units(1, 0));
    expect(await put(entry)).toEqual(units(1, 1));
    expect(await put({ ...entry, body: { S: 'not projected' } })).toEqual(units(1, 0));
    expect(await put({ ...entry, total: { N: '1' } })).toEqual(units(1, 1));
    expect(await put({ ...entry, at: { S: '2' } })).toEqual(units(1, 2));
    const Key = { id: { S: 'capacity' } };
    const request = { TableName, Key, ReturnConsumedCapacity: 'TOTAL' as const };
    expect(await capacityOf(new DeleteItemCommand(request))).toEqual({ TableName, CapacityUnits: 2 });
  });

  test('of a batch counts them in the total', async () => {
    const { ConsumedCapacity } = await running.client.send(
      new BatchWriteItemCommand({
        RequestItems: { [TableName]: [{ PutRequest: { Item: { id: { S: 'in a batch' }, ...entry } } }] },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2 }]);
  });
});
