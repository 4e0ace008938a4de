import type { Message } from '../../shared/consumed-record.ts';
import { contentHashOf } from '../../shared/content-hash.ts';
import { orderKeyOf } from '../../shared/order-key.ts';
import { orderRowKey } from '../../shared/orders-table.ts';
import { type Identity, readOrder } from '../../shared/read-order.ts';
import { attributeValues } from '../../shared/attribute-value.ts';
import { failureUpdates } from '../orders-table/failure-updates.ts';
import type { OrdersTable } from '../orders-table/orders-table.ts';
import { processedMark } from '../orders-table/processed-mark.ts';
import { type Failure, failureOf } from './failure.ts';

/**
 * What became of a message of bad-orders: its failure is written down, now or at an earlier delivery; or there is
 * none, because the order had been processed, for the message `firstMessageId`.
 */
export type Recorded = Identity &
  (
    | ({ readonly result: 'failed' } & Failure)
    | { readonly result: 'already-processed'; readonly firstMessageId: string }
  );

/** Once it resolves, the message may be deleted. Rejects while the table cannot be asked. */
export type RecordFailure = (message: Message, signal: AbortSignal) => Promise<Recorded>;

/** @param now milliseconds since the epoch */
export function recordFailureIn(table: OrdersTable, now: () => number): RecordFailure {
  return async (message, signal) => {
    const read = readOrder(message.body);
    const { orderId, customerName } = read;
    const { lineage, messageId } = message;
    const orderKey = orderKeyOf({ orderId, lineage, messageId });
    const time = new Date(now()).toISOString();

    const processed = read.kind === 'order' ? await processedOrder(table, orderKey, signal) : undefined;
    if (processed?.contentHash === contentHashOf(message.body)) {
      if (lineage !== null) await table.update(processedMark(lineage, message, time), signal);
      const { firstMessageId } = processed;
      return { orderId, customerName, result: 'already-processed', firstMessageId };
    }
    const failure = failureOf(read, processed !== undefined);
    const place = lineage ?? { orderKey, failureId: messageId };
    const updates = failureUpdates({ ...failure, ...pick(place), orderId, message, now: time });
    await Promise.all(updates.pieces.map((piece) => table.put(piece, signal)));
    const { kind } = await table.update(updates.row, signal);
    if (kind === 'condition-failed' && updates.overtaken !== undefined) await table.update(updates.overtaken, signal);
    return { orderId, customerName, result: 'failed', ...failure };
  };
}

/** A replay that fails again goes where it came from. */
function pick({ orderKey, failureId }: { readonly orderKey: string; readonly failureId: string }) {
  return { orderKey, failureId };
}

async function processedOrder(table: OrdersTable, orderKey: string, signal: AbortSignal) {
  const request = { Key: attributeValues(orderRowKey(orderKey)), ProjectionExpression: 'contentHash, messageId' };
  const row = await table.get(request, signal);
  return row && { contentHash: row['contentHash']?.S, firstMessageId: row['messageId']?.S ?? '' };
}
