import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { atMost } from './at-most.ts';
import type { OrdersTable } from './orders-table.ts';

/**
 * Short and few: DynamoDB answers in milliseconds, and a record that fails comes back by itself, later and spread out.
 * Two tries of a request fit into the time that even the lab preset's functions have.
 */
const patience = { maxAttempts: 2, connectionTimeoutMs: 500, requestTimeoutMs: 1_000 } as const;

/** Connections, kept alive, and requests at a time: enough for the rows of several batches side by side. */
const connections = 50;

/** A client for a function; region, endpoint and credentials come from the environment, as on Lambda. */
export function createDynamoDbClient(configuration: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({
    ...configuration,
    maxAttempts: patience.maxAttempts,
    requestHandler: {
      connectionTimeout: patience.connectionTimeoutMs,
      requestTimeout: patience.requestTimeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: connections },
      httpsAgent: { keepAlive: true, maxSockets: connections },
    },
  });
}

/** The orders table through the SDK. */
export function dynamoDbOrdersTable(TableName: string, client: DynamoDBClient): OrdersTable {
  // A request that waits for a connection would already spend its timeout.
  const inTurn = atMost(connections);
  return {
    update: (request, abortSignal) =>
      inTurn(async () => {
        try {
          const command = new UpdateItemCommand({ TableName, ...request, ReturnValues: 'ALL_OLD' });
          const { Attributes: old } = await client.send(command, { abortSignal });
          return { kind: 'written', old };
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return { kind: 'condition-failed' };
          throw error;
        }
      }),
    get: (request, abortSignal) =>
      inTurn(async () => {
        const command = new GetItemCommand({ TableName, ...request, ConsistentRead: true });
        return (await client.send(command, { abortSignal })).Item;
      }),
  };
}
