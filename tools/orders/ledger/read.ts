import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { attributeValues } from '../../../shared/ledger/expressions.ts';
import { fullJitter } from '../../../shared/sending.ts';
import { type Clock, sleep } from '../time.ts';

/** The orders table and how to reach it. Everything in this folder takes one. */
export interface OrdersTable {
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
  { client, name }: OrdersTable,
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
  { client, name, clock, random }: OrdersTable,
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
