import { attributeValues } from '../../shared/attribute-value.ts';
import type { Message } from '../../shared/consumed-record.ts';
import { type FailurePlace, failureRowKey, type Lineage, mostReplays, orderRowKey } from '../../shared/orders-table.ts';
import type { OrdersTable } from '../orders-table/orders-table.ts';

/**
 * Whether a failure that is there was written with these: then the answer was lost, and the SDK asked again. The time
 * alone does not tell, because a batch may hold a message twice; a new failure's token does.
 */
export async function wasWrittenBy(
  table: OrdersTable,
  place: FailurePlace,
  written: { readonly failedAt: string; readonly replayToken: string },
  signal: AbortSignal,
): Promise<boolean> {
  const Key = attributeValues(failureRowKey(place.orderKey, place.failureId));
  const row = await table.get({ Key, ProjectionExpression: 'failedAt, replayToken' }, signal);
  return row?.['failedAt']?.S === written.failedAt && row['replayToken']?.S === written.replayToken;
}

/**
 * Whether a lineage is that of a failure, and the message is written down there already or belongs there. One that a
 * sender made up does not, for want of its token, nor does that of a failure that was purged meanwhile. Nor does one
 * with another body than its failure has: that one was edited after it was sent, or somebody sent the lineage again
 * with another order. Nor one beyond those that the row has room for. Each is a failure of its own then, and takes the
 * place of no other's, not even of one with the same lineage.
 */
export async function claimOf(
  table: OrdersTable,
  { messageId, body }: Message,
  { token, ...place }: Lineage,
  signal: AbortSignal,
): Promise<'recorded' | 'open' | null> {
  const Key = attributeValues(failureRowKey(place.orderKey, place.failureId));
  const ProjectionExpression = 'replayToken, recordedMessages, body';
  const row = await table.get({ Key, ProjectionExpression }, signal);
  if (row?.['replayToken']?.S !== token) return null;
  const recorded = row['recordedMessages']?.SS ?? [];
  if (recorded.includes(messageId)) return 'recorded';
  return row['body']?.S === body && recorded.length <= mostReplays ? 'open' : null;
}

/** What the row of an order says of it. */
export interface OrderRowNow {
  /** Undefined while the order is not processed. */
  readonly contentHash: string | undefined;
  readonly firstMessageId: string;
  readonly failedCopies: readonly string[];
}

/** Undefined for an order of which nothing is known. */
export async function orderRowNow(
  table: OrdersTable,
  orderKey: string,
  signal: AbortSignal,
): Promise<OrderRowNow | undefined> {
  const ProjectionExpression = 'contentHash, messageId, failedCopies';
  const row = await table.get({ Key: attributeValues(orderRowKey(orderKey)), ProjectionExpression }, signal);
  return (
    row && {
      contentHash: row['contentHash']?.S,
      firstMessageId: row['messageId']?.S ?? '',
      failedCopies: row['failedCopies']?.SS ?? [],
    }
  );
}
