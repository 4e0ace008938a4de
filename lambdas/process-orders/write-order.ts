import { contentHashOf, failedCopiesOf } from '../../shared/ledger/rows.ts';
import type { OrdersTable } from '../common/orders-table.ts';
import { messageOf, orderKeyOf } from '../../shared/ledger/message.ts';
import { copyMark, orderUpdate, processedMark } from '../../shared/ledger/transitions.ts';
import type { ProcessOrder } from './outcome.ts';

/**
 * In this release, processing an order is writing it: once, whoever asks how often. One request, without a read
 * before it; more only for an order of which a copy failed before or that was replayed: its failures are marked
 * afterwards. When that is where it fails, the next try finds a duplicate and marks again.
 *
 * @param now milliseconds since the epoch
 */
export function writeOrder(table: OrdersTable, now: () => number): ProcessOrder {
  return async ({ orderId, record }, signal) => {
    const message = messageOf(record);
    const { lineage, messageId, body } = message;
    const orderKey = orderKeyOf({ orderId, lineage, messageId });
    const time = new Date(now()).toISOString();
    const answer = await table.update(orderUpdate({ orderKey, message, now: time }), signal);
    if (answer.kind === 'condition-failed') return { result: 'conflict' };
    const { old = {} } = answer;
    const failed = failedCopiesOf(contentHashOf(body), old['failedCopies']?.SS ?? []);
    if (lineage !== null) await table.update(processedMark(lineage, message, time), signal);
    for (const copy of failed) await table.update(copyMark(copy, message, time), signal);
    if (old['contentHash'] === undefined) return { result: 'processed' };
    return { result: 'duplicate', firstMessageId: old['messageId']?.S ?? messageId };
  };
}
