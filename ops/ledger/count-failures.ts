import { type AttributeValue, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type FailureSelection, shardQueries } from './failures.ts';
import type { OrdersTable } from './orders-table-client.ts';

type Item = Record<string, AttributeValue>;

/** How many failures an index holds, by COUNT queries: cheaper to send, but read (and paid) like the rows. */
export async function countFailures({ client, name }: OrdersTable, selection: FailureSelection): Promise<number> {
  const counts = shardQueries(selection).map((query) =>
    countPages(async (from) =>
      client.send(new QueryCommand({ ...query, TableName: name, Select: 'COUNT', ExclusiveStartKey: from })),
    ),
  );
  return sum(await Promise.all(counts));
}

/** Scans side by side: as many as keep a small table quick without crowding out the functions on a large one. */
const scanSegments = 8;

/**
 * How many orders are processed: exact, by reading the whole table, so on AWS it costs half a read unit for each 4 KB
 * that the table holds. DynamoDB's own `ItemCount` is up to six hours old and counts failures, too.
 */
export async function countProcessed({ client, name }: OrdersTable): Promise<number> {
  const counts = Array.from({ length: scanSegments }, (_, segment) =>
    countPages(async (from) =>
      client.send(
        new ScanCommand({
          TableName: name,
          Segment: segment,
          TotalSegments: scanSegments,
          Select: 'COUNT',
          FilterExpression: 'sk = :order AND attribute_exists(contentHash)',
          ExpressionAttributeValues: { ':order': { S: 'ORDER' } },
          ExclusiveStartKey: from,
        }),
      ),
    ),
  );
  return sum(await Promise.all(counts));
}

interface CountPage {
  readonly Count?: number | undefined;
  readonly LastEvaluatedKey?: Item | undefined;
}

async function countPages(read: (from: Item | undefined) => Promise<CountPage>): Promise<number> {
  let count = 0;
  let from: Item | undefined;
  do {
    const page = await read(from);
    count += page.Count ?? 0;
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return count;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
