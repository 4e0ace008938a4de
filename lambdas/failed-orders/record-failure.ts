import { contentHashOf, sameContent } from '../../shared/ledger/content.ts';
import { attributeValues, fromItem } from '../../shared/ledger/expressions.ts';
import { causeOf, type Failure, failureOf, lastErrorOf } from '../../shared/ledger/failure.ts';
import { type Message, orderKeyOf } from '../../shared/ledger/message.ts';
import {
  failedCopiesOf,
  type FailurePlace,
  type FailureRow,
  failureRowKey,
  type Lineage,
  mostReplays,
  type OrderRow,
  orderRowKey,
  refusalOf,
} from '../../shared/ledger/rows.ts';
import { failedCopyNoted } from '../../shared/ledger/order-transitions.ts';
import {
  copyProcessed,
  failedAgain,
  failedLate,
  failureWritten,
  replayProcessed,
} from '../../shared/ledger/transitions.ts';
import { type Identity, readOrder } from '../../shared/order/read-order.ts';
import type { OwedEvent } from '../../shared/order-event.ts';
import { type FailureKind, failureKinds } from '../../shared/telemetry.ts';
import type { TableClient } from '../common/table-client.ts';

/**
 * What became of a message of bad-orders. Its failure is written down, now (`failed`) or at an earlier delivery. Or
 * there is no failure, because the order had been processed for the message `firstMessageId`. What this message wrote,
 * now or before, here or in process-orders, is `owed`: the event of it has to be told.
 */
export type Recorded = Identity &
  (
    | ({ readonly result: 'failed' | 'already-recorded'; readonly owed?: OwedEvent } & Failure)
    | { readonly result: 'already-processed'; readonly firstMessageId: string; readonly owed?: OwedEvent }
  );

/** A new failure was written down before something else failed. The failure counts now, its message is kept. */
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
 * Records the failure of a message, in four steps: find the failure that the message belongs to; look whether its order
 * was processed after all; write the failure down; leave word in the order's row for copies on their way.
 *
 * @param now milliseconds since the epoch
 * @param newToken makes `replayToken`s, which nobody must be able to guess
 */
export function recordFailureIn(table: TableClient, now: () => number, newToken: () => string): RecordFailure {
  return async (received, signal) => {
    const read = readOrder(received.body);
    const { orderId, customerName } = read;
    const { messageId } = received;
    const time = new Date(now()).toISOString();
    const isSame = sameContent(received.body);
    // A made-up lineage counts here as well: process-orders cannot tell, and writes the order under its key.
    const orderKey = orderKeyOf({ orderId, lineage: received.lineage, messageId });

    const claim = async () => received.lineage && claimOf(table, received, received.lineage, signal);
    const lineage = (await claim()) && received.lineage;
    const message = { ...received, lineage };
    // A replay that fails again goes where it came from.
    const place = { orderKey: lineage?.orderKey ?? orderKey, failureId: lineage?.failureId ?? messageId };

    /** The order is processed: marks this message's failure, which an earlier delivery may have written, and copies'. */
    const settled = async (order: OrderRowNow): Promise<Recorded> => {
      const mark = lineage === null ? copyProcessed(place, message, time) : replayProcessed(lineage, message, time);
      await table.update(mark, signal);
      for (const copy of failedCopiesOf(received.body, order.failedCopies ?? [])) {
        await table.update(copyProcessed(copy, message, time), signal);
      }
      const { messageId: firstMessageId = '', processedAt = time } = order;
      const owed = { type: 'order.processed', orderId, orderKey, messageId, processedAt } as const;
      const isOwn = firstMessageId === messageId;
      return { orderId, customerName, result: 'already-processed', firstMessageId, ...(isOwn && { owed }) };
    };

    const orderRow = read.kind === 'order' ? await orderRowNow(table, orderKey, signal) : {};
    if (isSame(orderRow.contentHash)) return settled(orderRow);

    const failure = failureOf(read, {
      idIsTaken: orderRow.contentHash !== undefined,
      refusal: refusalOf(messageId, orderRow),
      lastError: lastErrorOf(received.body, orderRow, time),
    });
    const replayToken = lineage?.token ?? newToken();
    const toWrite = { ...failure, ...place, orderId, replayToken, message, now: time };
    const writes =
      lineage === null
        ? [failureWritten(toWrite)]
        : [failedAgain(toWrite, lineage.count), failedLate(toWrite, lineage.count)];
    let isNew = false;
    for (const write of writes) isNew ||= (await table.update(write, signal)).kind === 'written';
    let written = { ...failure, at: time };
    if (!isNew) {
      if (lineage !== null && (await claim()) !== 'recorded')
        throw new Error('The failure that the message replays was changed meanwhile; to be tried again.');
      const row = await failureRowNow(table, place, signal);
      isNew = row.failedAt === time && row.replayToken === replayToken;
      written = writtenFor(messageId, row) ?? written;
    }
    const { at: failedAt, ...told } = written;
    const owed = { type: 'order.failed', orderId, ...place, messageId, ...told, failedAt } as const;
    const result = isNew ? 'failed' : 'already-recorded';
    const recorded: Recorded = { orderId, customerName, result, ...told, owed };
    if (!mayBeProcessedYet.has(failure.kind)) return recorded;

    try {
      const noted = await table.update(failedCopyNoted(orderKey, contentHashOf(received.body), place), signal);
      // A copy was processed since the order's row was read, or another order took the id.
      const row = noted.kind === 'condition-failed' ? await orderRowNow(table, orderKey, signal) : {};
      return isSame(row.contentHash) ? await settled(row) : recorded;
    } catch (error) {
      throw isNew ? new Unfinished(recorded, error) : error;
    }
  };
}

/** What a failure that is there tells of how it was written. */
type FailureRowNow = Partial<Pick<FailureRow, 'failedAt' | 'replayToken' | 'history'>>;

/**
 * Of a failure that was not written now. Perhaps it was: then the answer was lost, and the SDK asked again. The time
 * alone does not tell, because a batch may hold a message twice. A new failure's token does.
 */
async function failureRowNow(table: TableClient, place: FailurePlace, signal: AbortSignal): Promise<FailureRowNow> {
  const Key = attributeValues(failureRowKey(place.orderKey, place.failureId));
  return fromItem((await table.get({ Key, ProjectionExpression: 'failedAt, replayToken, history' }, signal)) ?? {});
}

/** The failure as it was written for this message: meanwhile the order may fail for another reason. */
function writtenFor(
  messageId: string,
  { history = [] }: FailureRowNow,
): (Failure & { readonly at: string }) | undefined {
  const entry = history.find((each) => each.event === 'failed' && each.messageId === messageId);
  if (entry?.kind === undefined) return undefined;
  const { at, kind, reasons = [] } = entry;
  return { at, kind: kind as FailureKind, reasons, cause: causeOf(kind, reasons) };
}

/**
 * Whether a message belongs to the failure that its lineage names: `recorded` when its failure is written down there
 * already, `open` when it may be. Null when the message is a failure of its own, which takes the place of no other:
 *
 * - a sender made the lineage up (the token is wrong), or the failure was purged meanwhile;
 * - the failure has another body: it was edited after the replay, or somebody sent the lineage with another order;
 * - the failure has as many replays as its row has room for.
 */
async function claimOf(
  table: TableClient,
  { messageId, body }: Message,
  { token, ...place }: Lineage,
  signal: AbortSignal,
): Promise<'recorded' | 'open' | null> {
  const Key = attributeValues(failureRowKey(place.orderKey, place.failureId));
  const ProjectionExpression = 'replayToken, recordedMessages, contentHash, body';
  const row = await table.get({ Key, ProjectionExpression }, signal);
  if (row?.['replayToken']?.S !== token) return null;
  const recorded = row['recordedMessages']?.SS ?? [];
  if (recorded.includes(messageId)) return 'recorded';
  const isSame = row['contentHash']?.S === contentHashOf(body) || row['body']?.S === body;
  return isSame && recorded.length <= mostReplays ? 'open' : null;
}

/** Failures of valid orders, a copy of which may be on its way. */
const mayBeProcessedYet: ReadonlySet<string> = new Set([failureKinds.outOfAttempts, failureKinds.refused]);

/** What the row of an order tells: of the processed order, which has a `contentHash`, or of its tries. */
type OrderRowNow = Partial<OrderRow>;

async function orderRowNow(table: TableClient, orderKey: string, signal: AbortSignal): Promise<OrderRowNow> {
  const ProjectionExpression =
    'contentHash, messageId, processedAt, failedCopies, refusals, lastError, claim, claimHash, claimedUntil';
  return fromItem(
    (await table.get({ Key: attributeValues(orderRowKey(orderKey)), ProjectionExpression }, signal)) ?? {},
  );
}
