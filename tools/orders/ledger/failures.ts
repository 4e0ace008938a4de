import { paginateQuery, paginateScan, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { failureRowOf, fromItem } from '../../../shared/ledger/expressions.ts';
import { commonReasons } from '../../../shared/ledger/failure.ts';
import { type FailureRow, type FailureStatus, indexes, shardCount } from '../../../shared/ledger/rows.ts';
import { inChunks, mergeSorted } from '../streams.ts';
import { isoTime } from '../time.ts';
import { keysPerRead, type TableConnection, queryItems, readItems } from './table.ts';

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

/** Failures by the time they failed, the oldest first. The shards of the index are read side by side and merged. */
export function failures(table: TableConnection, selection: FailureSelection): AsyncGenerator<FailureSummary> {
  const shards = shardQueries(selection).map((query) => summaries(table, query));
  return mergeSorted(shards, (a, b) => (a.failedAt < b.failedAt ? -1 : a.failedAt > b.failedAt ? 1 : 0));
}

async function* summaries(table: TableConnection, query: ShardQuery): AsyncGenerator<FailureSummary> {
  for await (const item of queryItems(table, query)) yield fromItem<FailureSummary>(item);
}

/**
 * The whole rows of a list, as they are now. An index lags behind its table, so failures that have gone, changed their
 * status or failed again since then are left out.
 */
export async function* failureRows(
  table: TableConnection,
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

/** A query for each shard of a status: of failures, or of the orders whose mail was refused. */
export function statusQueries(status: string): ShardQuery[] {
  const { name, partitionKey } = indexes.byStatus;
  return Array.from({ length: shardCount }, (_, shard) => ({
    IndexName: name,
    KeyConditionExpression: '#partition = :partition',
    ExpressionAttributeNames: { '#partition': partitionKey },
    ExpressionAttributeValues: { ':partition': { S: `${status}#${shard}` } },
  }));
}

/** A query for each shard of the index that knows the selection. */
export function shardQueries(selection: FailureSelection): ShardQuery[] {
  const [index, value] =
    'cause' in selection ? [indexes.byCause, selection.cause] : [indexes.byStatus, selection.status];
  const { since, before } = selection;
  // A key condition takes one condition on the sort key. BETWEEN includes its end, so the range ends just before it.
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

/** Times are compared as text. This is the last time before the given one. */
function justBefore(before: string | undefined): string {
  return before === undefined ? '9999' : isoTime(Date.parse(before) - 1);
}

/** How many failures an index holds, by COUNT queries. They send less, but cost as much as reading the rows. */
export async function countFailures({ client, name }: TableConnection, selection: FailureSelection): Promise<number> {
  const shards = shardQueries(selection).map((query) =>
    paginateQuery({ client }, { ...query, TableName: name, Select: 'COUNT' }),
  );
  return countOf(shards);
}

/** Scans side by side. So many are quick on a small table and do not crowd out the functions on a large one. */
const scanSegments = 8;

/**
 * How many orders are processed. The number is exact, because the whole table is read: on AWS half a read unit for each
 * 4 KB. DynamoDB's own `ItemCount` is up to six hours old and counts failures, too.
 *
 * @param containing counts only orders whose body has this text
 */
export async function countProcessed({ client, name }: TableConnection, containing?: string): Promise<number> {
  const wanted = containing === undefined ? [] : ['contains(body, :text)'];
  const segments = Array.from({ length: scanSegments }, (_, segment) =>
    paginateScan(
      { client },
      {
        TableName: name,
        Segment: segment,
        TotalSegments: scanSegments,
        Select: 'COUNT',
        FilterExpression: ['sk = :order AND attribute_exists(contentHash)', ...wanted].join(' AND '),
        ExpressionAttributeValues: {
          ':order': { S: 'ORDER' },
          ...(containing !== undefined && { ':text': { S: containing } }),
        },
      },
    ),
  );
  return countOf(segments);
}

/** Adds up what the pages count. The readers are read side by side. */
async function countOf(readers: readonly AsyncIterable<{ readonly Count?: number | undefined }>[]): Promise<number> {
  let count = 0;
  const add = async (pages: (typeof readers)[number]) => {
    for await (const { Count = 0 } of pages) count += Count;
  };
  await Promise.all(readers.map(add));
  return count;
}

/** Failures that failed for the same reason. */
export interface CauseGroup {
  readonly cause: string;
  readonly count: number;
  readonly kind: string;
  /** Of the first of them, as `commonReasons` has them. */
  readonly reasons: readonly string[];
  readonly firstFailedAt: string;
  readonly lastFailedAt: string;
}

/** Groups a stream of failures, oldest first. Only the causes are kept in memory. The largest group comes first. */
export async function groupByCause(selected: AsyncIterable<FailureSummary>): Promise<readonly CauseGroup[]> {
  const groups = new Map<string, CauseGroup>();
  for await (const { cause, kind, reasons, failedAt } of selected) {
    const group = groups.get(cause);
    groups.set(
      cause,
      group === undefined
        ? {
            cause,
            count: 1,
            kind,
            reasons: commonReasons(kind, reasons),
            firstFailedAt: failedAt,
            lastFailedAt: failedAt,
          }
        : { ...group, count: group.count + 1, lastFailedAt: failedAt },
    );
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1));
}
