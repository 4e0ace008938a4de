import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  type AttributeValue,
  CreateTableCommand,
  DynamoDBClient,
  paginateScan,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { returnItemOfFailedCondition } from 'local-aws/testing';
import { createDynamoDbClient, tableClient, type TableClient } from '../../lambdas/common/table-client.ts';
import { indexes, projectedAttributes } from '../../shared/ledger/rows.ts';

export const tableName = 'orders';

returnItemOfFailedCondition();

/** A client and the functions' own table, against a DynamoDB of this process, with an orders table. */
export interface LocalTable extends AsyncDisposable {
  readonly client: DynamoDBClient;
  readonly table: TableClient;
  readonly endpoint: string;
  /** All rows, plain: sets as sorted lists, bytes as base64. In the order of their keys. */
  rows(): Promise<readonly Row[]>;
  /** Ids of the failures that an index holds, each after what it is held under, without the shard. */
  indexed(index: keyof typeof indexes): Promise<readonly string[]>;
}

export type Row = Readonly<Record<string, unknown>>;

export async function startLocalTable(): Promise<LocalTable> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = localClient(endpoint);
  await client.send(new CreateTableCommand(definition));
  return {
    client,
    endpoint,
    table: tableClient(tableName, client),
    async rows() {
      const rows: Row[] = [];
      for await (const { Items: items = [] } of paginateScan({ client }, { TableName: tableName })) {
        rows.push(...items.map((item) => plain({ M: item }) as Row));
      }
      return rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    },
    async indexed(index) {
      const { name, partitionKey } = indexes[index];
      const { Items: items = [] } = await client.send(new ScanCommand({ TableName: tableName, IndexName: name }));
      return items.map((item) => `${item[partitionKey]?.S?.split('#')[0]} ${item['failureId']?.S}`).toSorted();
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * A client with the functions' number of tries, that waits for an answer as long as it takes: a busy machine keeps a
 * table that shares its process with the test waiting for more than the second that the functions give DynamoDB.
 */
export function localClient(endpoint: string): DynamoDBClient {
  const configuration = { endpoint, region: 'eu-central-1', credentials };
  const { maxAttempts } = createDynamoDbClient(configuration).config;
  return new DynamoDBClient({ ...configuration, maxAttempts });
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

const definition: CreateTableCommand['input'] = {
  TableName: tableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk', 'statusShard', 'causeShard', 'failedAt'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: keySchema('pk', 'sk'),
  GlobalSecondaryIndexes: Object.values(indexes).map(({ name, partitionKey, sortKey }) => ({
    IndexName: name,
    KeySchema: keySchema(partitionKey, sortKey),
    Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...projectedAttributes] },
  })),
};

function keySchema(partitionKey: string, sortKey: string) {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    { AttributeName: sortKey, KeyType: 'RANGE' as const },
  ];
}

function keyOf(row: Row): string {
  return `${String(row['pk'])} ${String(row['sk'])}`;
}

function plain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.NULL !== undefined) return null;
  if (value.SS !== undefined) return value.SS.toSorted();
  if (value.B !== undefined) return Buffer.from(value.B).toString('base64');
  if (value.L !== undefined) return value.L.map(plain);
  return Object.fromEntries(Object.entries(value.M ?? {}).map(([name, member]) => [name, plain(member)]));
}
