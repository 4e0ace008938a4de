import type { Message } from '../../shared/consumed-record.ts';
import { contentHashOf } from '../../shared/content-hash.ts';
import { orderKeyOf } from '../../shared/order-key.ts';
import { failureKinds } from '../../shared/log-messages.ts';
import { failedCopiesOf } from '../../shared/orders-table.ts';
import { type Identity, readOrder } from '../../shared/read-order.ts';
import { failedCopyUpdate } from '../orders-table/failed-copy.ts';
import { type FailureUpdates, failureUpdates } from '../orders-table/failure-updates.ts';
import type { OrdersTable } from '../orders-table/orders-table.ts';
import { copyMark, processedMark } from '../orders-table/processed-mark.ts';
import { type Failure, failureOf } from './failure.ts';
import { claimOf, type OrderRowNow, orderRowNow, wasWrittenBy } from './rows-now.ts';

/**
 * What became of a message of bad-orders: its failure is written down, now (`failed`) or at an earlier delivery; or
 * there is none, because the order had been processed, for the message `firstMessageId`.
 */
export type Recorded = Identity &
  (
    | ({ readonly result: 'failed' | 'already-recorded' } & Failure)
    | { readonly result: 'already-processed'; readonly firstMessageId: string }
  );

/** A failure that was written down, new, before something else failed: it is to be counted now, its message kept. */
export class Unfinished extends Error {
  override readonly name = 'Unfinished';
  readonly recorded: Recorded;

  constructor(recorded: Recorded, cause: unknown) {
    super(`The failure is written down, but not in its order's row: ${String(cause)}`, { cause });
    this.recorded = recorded;
  }
}

/** Once it resolves, the message may be deleted. Rejects while the table cannot be asked, perhaps `Unfinished`. */
export type RecordFailure = (message: Message, signal: AbortSignal) => Promise<Recorded>;

/**
 * @param now milliseconds since the epoch
 * @param newToken makes `replayToken`s, which nobody must be able to guess
 */
export function recordFailureIn(table: OrdersTable, now: () => number, newToken: () => string): RecordFailure {
  return async (received, signal) => {
    const read = readOrder(received.body);
    const { orderId, customerName } = read;
    const { messageId } = received;
    // Also of a lineage that is made up: process-orders, which cannot tell, has the order under it.
    const orderKey = orderKeyOf({ orderId, lineage: received.lineage, messageId });
    const claim = async () => received.lineage && claimOf(table, received, received.lineage, signal);
    const lineage = (await claim()) && received.lineage;
    const message = { ...received, lineage };
    const time = new Date(now()).toISOString();

    // A replay that fails again goes where it came from.
    const place = {
      orderKey: lineage?.orderKey ?? orderKey,
      failureId: lineage?.failureId ?? messageId,
    };
    const contentHash = contentHashOf(message.body);
    const settled = async ({ firstMessageId, failedCopies }: OrderRowNow): Promise<Recorded> => {
      // This message's own failure, too: an earlier delivery of it may have been cut short after writing it down.
      const mark = lineage === null ? copyMark(place, message, time) : processedMark(lineage, message, time);
      await table.update(mark, signal);
      for (const copy of failedCopiesOf(contentHash, failedCopies)) {
        await table.update(copyMark(copy, message, time), signal);
      }
      return { orderId, customerName, result: 'already-processed', firstMessageId };
    };

    const processed = read.kind === 'order' ? await orderRowNow(table, orderKey, signal) : undefined;
    if (processed?.contentHash === contentHash) return settled(processed);
    const failure = failureOf(read, processed?.contentHash !== undefined);
    const replayToken = lineage?.token ?? newToken();
    const updates = failureUpdates({ ...failure, ...place, orderId, replayToken, message, now: time });
    const wrote = await writeDown(table, updates, signal);
    if (!wrote && lineage !== null && (await claim()) !== 'recorded')
      throw new Error('The failure that the message replays was changed meanwhile; to be tried again.');
    const isNew = wrote || (await wasWrittenBy(table, place, { failedAt: time, replayToken }, signal));
    const recorded: Recorded = { orderId, customerName, result: isNew ? 'failed' : 'already-recorded', ...failure };
    if (failure.kind !== failureKinds.outOfAttempts) return recorded;

    try {
      const noted = await table.update(failedCopyUpdate(orderKey, contentHash, place), signal);
      // A copy was processed since the order's row was read, or another order took the id.
      const row = noted.kind === 'condition-failed' ? await orderRowNow(table, orderKey, signal) : undefined;
      return row?.contentHash === contentHash ? await settled(row) : recorded;
    } catch (error) {
      throw isNew ? new Unfinished(recorded, error) : error;
    }
  };
}

/** Answers whether the failure was not written down before. */
async function writeDown(
  table: OrdersTable,
  { row, overtaken }: FailureUpdates,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await table.update(row, signal)).kind === 'written') return true;
  return overtaken !== undefined && (await table.update(overtaken, signal)).kind === 'written';
}
