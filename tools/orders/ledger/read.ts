import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { type Clock, sleep } from 'local-aws';
import { attributeValues } from '../../../shared/ledger/expressions.ts';
import { fullJitter } from '../../../shared/sending.ts';

/** The table and how to reach it: the first argument of everything in tools/orders/ledger. */
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
  let from: Item | undefined;
  do {
    const page = await client.send(new QueryCommand({ ...query, TableName: name, ExclusiveStartKey: from }));
    yield* page.Items ?? [];
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
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

/**
 * Merges sorted streams into one, with one element of each in memory.
 * @param compare as for `toSorted`; elements that are equal come in the order of their streams
 */
export async function* mergeSorted<T>(
  streams: readonly AsyncIterable<T>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  try {
    // The first pages are read side by side.
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
    for (;;) {
      let first = -1;
      for (const [index, head] of heads.entries()) {
        if (head.done === true) continue;
        const best = heads[first];
        if (best === undefined || best.done === true || compare(head.value, best.value) < 0) first = index;
      }
      const next = heads[first];
      if (next === undefined || next.done === true) return;
      yield next.value;
      heads[first] = await iterators[first]!.next();
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.();
  }
}

/** All elements of a stream that is known to be short. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const elements: T[] = [];
  for await (const element of stream) elements.push(element);
  return elements;
}

/** Groups of `size`, the last one perhaps smaller; reads no further than the group at hand needs. */
export async function* inChunks<T>(source: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const element of source) {
    chunk.push(element);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
