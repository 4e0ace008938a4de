import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { UpdateRequest } from '../../shared/ledger/expressions.ts';

/** What the functions ask of the orders table. A throttle, a timeout and any other trouble rejects: it may pass. */
export interface TableClient {
  update(request: UpdateRequest, signal: AbortSignal): Promise<UpdateAnswer>;
  /** Strongly consistent: sees every write that was answered before. Undefined when there is no such row. */
  get(request: GetRequest, signal: AbortSignal): Promise<Row | undefined>;
}

export type Row = Readonly<Record<string, AttributeValue>>;

type UpdateAnswer =
  /** `old`: the row as it was; undefined when there was none. */
  | { readonly kind: 'written'; readonly old: Row | undefined }
  /** `row`: the row for which the condition failed. */
  | { readonly kind: 'condition-failed'; readonly row: Row | undefined };

interface GetRequest {
  readonly Key: Record<string, AttributeValue>;
  readonly ProjectionExpression: string;
}

/** The orders table through the SDK. */
export function tableClient(TableName: string, client: DynamoDBClient): TableClient {
  // A request that waits for a connection would already spend its timeout.
  const inTurn = atMost(connections);
  return {
    update: (request, abortSignal) =>
      inTurn(async () => {
        try {
          // Both rows come without a read: they cost no capacity (API reference, UpdateItem).
          const rows = { ReturnValues: 'ALL_OLD', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;
          const command = new UpdateItemCommand({ TableName, ...request, ...rows });
          const { Attributes: old } = await client.send(command, { abortSignal });
          return { kind: 'written', old };
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return { kind: 'condition-failed', row: error.Item };
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

/** Connections, kept alive, and requests at a time: enough for the rows of several batches side by side. */
export const connections = 50;

/**
 * How long the functions' SDK clients try. Short and few times: AWS answers in milliseconds, and a record that fails
 * comes back by itself, later and spread out. Two tries of a request fit into the time that even the lab preset's
 * functions have.
 */
export const patience = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 500,
    requestTimeout: 1_000,
    throwOnRequestTimeout: true,
    httpAgent: { keepAlive: true, maxSockets: connections },
    httpsAgent: { keepAlive: true, maxSockets: connections },
  },
} as const;

/** An SDK client for a function. Region, endpoint and credentials come from environment variables, as on Lambda. */
export function createDynamoDbClient(configuration: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({ ...configuration, ...patience });
}

/** Runs tasks, at most `limit` at a time, in the order in which they came. */
export function atMost(limit: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running < limit) running += 1;
    // The task that ends hands its place on.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
