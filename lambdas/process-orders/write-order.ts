import { type ConsumedRecord, messageOf, orderKeyOf } from '../../shared/ledger/message.ts';
import { failedCopiesOf } from '../../shared/ledger/rows.ts';
import { copyProcessed, orderWritten, replayProcessed } from '../../shared/ledger/transitions.ts';
import type { Order } from '../../shared/order/order.generated.ts';
import type { Identity } from '../../shared/order/read-order.ts';
import type { TableClient } from '../common/table-client.ts';

/** Does what there is to do for a good order. Whatever it throws is taken for a passing failure. */
export type ProcessOrder = (order: GoodOrder, signal: AbortSignal) => Promise<Processing>;

/** A message whose body is an order. */
interface GoodOrder extends Identity {
  readonly order: Order;
  readonly record: ConsumedRecord;
}

/** `duplicate`: done before, for the message `firstMessageId`. `conflict`: another order has its id. */
export type Processing =
  | { readonly result: 'processed' }
  | { readonly result: 'duplicate'; readonly firstMessageId: string }
  | { readonly result: 'conflict' };

/**
 * In this release, processing an order is writing it: once, however often it is delivered. A new order is one request,
 * without a read before it. Failures of the order are marked after the write: the one that it was replayed from, and
 * those of its copies. When a mark fails, the next try of the message finds a duplicate and marks again.
 *
 * @param now milliseconds since the epoch
 */
export function writeOrder(table: TableClient, now: () => number): ProcessOrder {
  return async ({ orderId, record }, signal) => {
    const message = messageOf(record);
    const { lineage, messageId, body } = message;
    const orderKey = orderKeyOf({ orderId, lineage, messageId });
    const time = new Date(now()).toISOString();
    const answer = await table.update(orderWritten({ orderKey, message, now: time }), signal);
    if (answer.kind === 'condition-failed') return { result: 'conflict' };
    const { old = {} } = answer;
    const failedCopies = failedCopiesOf(body, old['failedCopies']?.SS ?? []);
    if (lineage !== null) await table.update(replayProcessed(lineage, message, time), signal);
    for (const copy of failedCopies) await table.update(copyProcessed(copy, message, time), signal);
    if (old['contentHash'] === undefined) return { result: 'processed' };
    return { result: 'duplicate', firstMessageId: old['messageId']?.S ?? messageId };
  };
}
