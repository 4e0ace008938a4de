import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateQuery,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { attributeValues, type DeleteRequest, type UpdateRequest } from '../../../shared/ledger/expressions.ts';
import { fullJitter } from '../../../shared/sending.ts';
import { type Clock, sleep } from '../time.ts';

/** The orders table and how to reach it. Everything in this folder takes one. */
export interface TableConnection {
  readonly client: DynamoDBClient;
  readonly name: string;
  readonly clock: Clock;
  readonly random: () => number;
}

/** The key of any row of the orders table: shared/ledger/rows.ts says how it is made. */
export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

type Item = Record<string, AttributeValue>;

/** All items of a query, page by page (a page holds at most 1 MB). */
export async function* queryItems(
  { client, name }: TableConnection,
  query: Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>,
): AsyncGenerator<Item> {
  for await (const { Items = [] } of paginateQuery({ client }, { ...query, TableName: name })) yield* Items;
}

/** BatchGetItem takes at most 100 keys and answers at most 16 MB (API reference). */
export const keysPerRead = 100;
const backoffMs = { base: 50, cap: 5_000 };

/**
 * The rows that exist of up to 100 distinct keys, in no order, as they are now.
 * @param attributes all that is needed of them; default: everything
 */
export async function readItems(
  { client, name, clock, random }: TableConnection,
  keys: readonly RowKey[],
  attributes?: readonly string[],
): Promise<Item[]> {
  const ProjectionExpression = attributes?.join(', ');
  const items: Item[] = [];
  let pending = keys.map(({ pk, sk }) => attributeValues({ pk, sk }));
  for (let attempt = 1; pending.length > 0; attempt += 1) {
    const answer = await client.send(
      new BatchGetItemCommand({
        RequestItems: { [name]: { Keys: pending, ConsistentRead: true, ProjectionExpression } },
      }),
    );
    const found = answer.Responses?.[name] ?? [];
    items.push(...found);
    pending = answer.UnprocessedKeys?.[name]?.Keys ?? [];
    // Left over because the answer was full, or because the table is throttled: then nothing was found either.
    if (pending.length > 0 && found.length === 0) await sleep(clock, fullJitter(attempt, backoffMs, random));
  }
  return items;
}

/** Sends a transition of a row (shared/ledger/transitions.ts). @returns whether its condition held */
export function updateRow({ client, name }: TableConnection, request: UpdateRequest): Promise<boolean> {
  return conditionHolds(client.send(new UpdateItemCommand({ TableName: name, ...request })));
}

/** The same for a transition that deletes the row. */
export function deleteRow({ client, name }: TableConnection, request: DeleteRequest): Promise<boolean> {
  return conditionHolds(client.send(new DeleteItemCommand({ TableName: name, ...request })));
}

async function conditionHolds(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
