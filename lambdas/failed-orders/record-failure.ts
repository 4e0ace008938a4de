import { attributeValues } from '../../shared/ledger/expressions.ts';
import { type Message, orderKeyOf } from '../../shared/ledger/message.ts';
import {
  causeOf,
  contentHashOf,
  failedCopiesOf,
  type FailurePlace,
  failureRowKey,
  type Lineage,
  mostReplays,
  orderRowKey,
} from '../../shared/ledger/rows.ts';
import {
  copyMark,
  failedCopyUpdate,
  type FailureUpdates,
  failureUpdates,
  processedMark,
} from '../../shared/ledger/transitions.ts';
import { type Identity, readOrder, type ReadOrder } from '../../shared/order/read-order.ts';
import { conflictReason, type FailureKind, failureKinds } from '../../shared/telemetry.ts';
import type { OrdersTable } from '../common/orders-table.ts';

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

/**
 * Whether a failure that is there was written with these: then the answer was lost, and the SDK asked again. The time
 * alone does not tell, because a batch may hold a message twice; a new failure's token does.
 */
async function wasWrittenBy(
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
async function claimOf(
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
interface OrderRowNow {
  /** Undefined while the order is not processed. */
  readonly contentHash: string | undefined;
  readonly firstMessageId: string;
  readonly failedCopies: readonly string[];
}

/** Undefined for an order of which nothing is known. */
async function orderRowNow(
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

/** What a message of bad-orders is. */
interface Failure {
  readonly kind: FailureKind;
  /** Field-level, without values; empty for a valid order that ran out of attempts. */
  readonly reasons: readonly string[];
  /** Fingerprint of kind and reasons. */
  readonly cause: string;
}

/** @param idIsTaken whether another order is written under the key of this one, if it is one */
export function failureOf(read: ReadOrder, idIsTaken: boolean): Failure {
  const failure = kindOf(read, idIsTaken);
  return { ...failure, cause: causeOf(failure.kind, failure.reasons) };
}

function kindOf(read: ReadOrder, idIsTaken: boolean): Pick<Failure, 'kind' | 'reasons'> {
  if (read.kind !== 'order') return { kind: read.kind, reasons: read.reasons };
  if (idIsTaken) return { kind: failureKinds.conflictingId, reasons: [conflictReason] };
  return { kind: failureKinds.outOfAttempts, reasons: [] };
}
