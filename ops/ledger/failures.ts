import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { type FailureRow, type FailureStatus, indexes, shardCount } from '../../shared/orders-table.ts';
import { failureRowOf, fromItem } from './attribute-values.ts';
import { inChunks } from './collect.ts';
import { mergeSorted } from './merge-sorted.ts';
import { keysPerRead, type OrdersTable, queryItems, readItems } from './orders-table-client.ts';

/** What the indexes know of a failure: all but its body and history. */
export type FailureSummary = Pick<
  FailureRow,
  | 'pk'
  | 'sk'
  | 'failureId'
  | 'orderKey'
  | 'orderId'
  | 'status'
  | 'kind'
  | 'reasons'
  | 'cause'
  | 'replayCount'
  | 'replayedAt'
  | 'failedAt'
>;

/** Which failures: those of one status that an index holds, or the failed ones of one cause. */
export type FailureSelection = (
  { readonly status: Exclude<FailureStatus, 'processed'> } | { readonly cause: string }
) & {
  /** ISO 8601; failed then or later. */
  readonly since?: string;
  /** ISO 8601; failed earlier than that. */
  readonly before?: string;
};

/** Failures by the time they failed, the oldest first: the index's shards, read side by side and merged. */
export function failures(table: OrdersTable, selection: FailureSelection): AsyncGenerator<FailureSummary> {
  const shards = shardQueries(selection).map((query) => summaries(table, query));
  return mergeSorted(shards, (a, b) => (a.failedAt < b.failedAt ? -1 : a.failedAt > b.failedAt ? 1 : 0));
}

async function* summaries(table: OrdersTable, query: ShardQuery): AsyncGenerator<FailureSummary> {
  for await (const item of queryItems(table, query)) yield fromItem<FailureSummary>(item);
}

/**
 * The whole rows of a list, as they are now. An index runs behind its table: failures that have gone, changed their
 * status or failed again since are left out.
 */
export async function* failureRows(
  table: OrdersTable,
  listed: AsyncIterable<FailureSummary>,
): AsyncGenerator<FailureRow> {
  for await (const some of inChunks(listed, keysPerRead)) {
    const rows = new Map<string, FailureRow>();
    for (const row of (await readItems(table, some)).map(failureRowOf)) rows.set(`${row.pk} ${row.sk}`, row);
    for (const { pk, sk, status, failedAt } of some) {
      const row = rows.get(`${pk} ${sk}`);
      if (row?.status === status && row.failedAt === failedAt) yield row;
    }
  }
}

type ShardQuery = Omit<QueryCommandInput, 'TableName'>;

/** A query for each shard of the index that knows the selection. */
export function shardQueries(selection: FailureSelection): ShardQuery[] {
  const [index, value] =
    'cause' in selection ? [indexes.byCause, selection.cause] : [indexes.byStatus, selection.status];
  const { since, before } = selection;
  // A key condition takes one condition on the sort key; BETWEEN counts its end in, so the end is filtered besides.
  const range = since !== undefined || before !== undefined;
  return Array.from({ length: shardCount }, (_, shard) => ({
    IndexName: index.name,
    KeyConditionExpression: `#partition = :partition${range ? ' AND #failedAt BETWEEN :since AND :before' : ''}`,
    ExpressionAttributeNames: { '#partition': index.partitionKey, ...(range && { '#failedAt': index.sortKey }) },
    ExpressionAttributeValues: {
      ':partition': { S: `${value}#${shard}` },
      ...(range && { ':since': { S: since ?? '' }, ':before': { S: justBefore(before) } }),
    },
  }));
}

/** Times are compared as text: the last text before the given one, as far as times go. */
function justBefore(before: string | undefined): string {
  return before === undefined ? '9999' : new Date(Date.parse(before) - 1).toISOString();
}
