import { idempotencyKeyOf, sameContent } from '../../shared/ledger/content.ts';
import { errorReason, refusalReasons } from '../../shared/ledger/failure.ts';
import { fromItem } from '../../shared/ledger/expressions.ts';
import { type ConsumedRecord, messageOf, orderKeyOf } from '../../shared/ledger/message.ts';
import { failedCopiesOf, type OrderRow, refusalOf } from '../../shared/ledger/rows.ts';
import { errorNoted, orderClaimed, orderWritten, refusalNoted } from '../../shared/ledger/order-transitions.ts';
import { copyProcessed, replayProcessed } from '../../shared/ledger/transitions.ts';
import type { Order } from '../../shared/order/order.generated.ts';
import type { Identity } from '../../shared/order/read-order.ts';
import type { OwedEvent } from '../../shared/order-event.ts';
import type { Row, TableClient } from '../common/table-client.ts';
import { type Processing, RefusedOrder } from './processing.ts';

/** Does what there is to do for a good order. Whatever it throws is taken for a passing failure. */
export type ProcessOrder = (order: GoodOrder, time: BatchTime) => Promise<Processed>;

/** A message whose body is an order. */
interface GoodOrder extends Identity {
  readonly order: Order;
  readonly record: ConsumedRecord;
}

/** The time that a batch has. */
export interface BatchTime {
  /** Aborts when the work of each order has to be done. */
  readonly work: AbortSignal;
  /** Aborts when the batch has to be done: later, so that it can be written down how the work ended. */
  readonly batch: AbortSignal;
  /** Milliseconds until Lambda ends the function. */
  readonly remainingMs: () => number;
}

/**
 * `duplicate`: done before, for the message `firstMessageId`. `conflict`: another order has its id. `refused`: it will
 * never be good. `claimed`: another delivery processes an order with its id at this moment.
 *
 * Who wrote the row owes the world its event, `owed`: now, or when the message comes again. A duplicate of another
 * message owes none.
 */
export type Processed =
  | { readonly result: 'processed'; readonly owed?: OwedEvent }
  | { readonly result: 'duplicate'; readonly firstMessageId: string; readonly owed?: OwedEvent }
  | { readonly result: 'conflict' }
  | { readonly result: 'refused'; readonly reasons: readonly string[] }
  | { readonly result: 'claimed'; readonly remainingMs: number };

/** The work had not ended when its time was up. It may go on, so its claim stays until Lambda has ended the function. */
class OutOfTime extends Error {
  override readonly name = 'OutOfTime';

  constructor() {
    super('The work had not ended when its time was up.');
  }
}

/** The work was not begun, so that nothing of it goes on. */
class NoTimeToBegin extends Error {
  override readonly name = 'NoTimeToBegin';

  constructor() {
    super('There was no time left to begin the work.');
  }
}

interface Surroundings {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Makes the tokens of claims, no two of which may be the same. */
  readonly newToken: () => string;
}

/**
 * Does the work of an order, and then writes the order: once, however often it is delivered. Without effects this is one
 * request to the table, and no read before it. With effects the order is claimed first, so that two deliveries do not
 * work at the same time. The claim ends with the function at the latest. An order whose work ended between claim and
 * write is simply done again, with the same key.
 *
 * Failures of the order are marked after the write: the one that it was replayed from, and those of its copies. When a
 * mark fails, the next try of the message finds a duplicate and marks again.
 */
export function processOrderIn(table: TableClient, processing: Processing, to: Surroundings): ProcessOrder {
  const work = processing.start();

  return async ({ order, orderId, record }, time) => {
    if (time.work.aborted) throw new NoTimeToBegin();
    const message = messageOf(record);
    const { lineage, messageId, body } = message;
    const orderKey = orderKeyOf({ orderId, lineage, messageId });
    const idempotencyKey = idempotencyKeyOf(orderKey, body);
    const nowMs = to.now();
    const now = isoTime(nowMs);
    const ask = (request: Parameters<TableClient['update']>[0]) => table.update(request, time.batch);

    /**
     * @param row of the order, before it was written now or as it was written before
     * @param writtenAt of an order that was written now
     */
    async function written(row: Row | undefined, writtenAt: string): Promise<Processed> {
      const old = fromItem<Partial<OrderRow>>(row ?? {});
      if (lineage !== null) await ask(replayProcessed(lineage, message, now));
      const copies = old.failedCopies === undefined ? [] : failedCopiesOf(body, old.failedCopies);
      for (const copy of copies) await ask(copyProcessed(copy, message, now));
      const firstMessageId = old.messageId ?? messageId;
      const { processedAt = writtenAt } = old;
      const owed = { type: 'order.processed', orderId, orderKey, messageId, processedAt } as const;
      if (old.contentHash === undefined) return { result: 'processed', owed };
      return { result: 'duplicate', firstMessageId, ...(firstMessageId === messageId && { owed }) };
    }

    /** @param row for which a condition failed */
    async function notMine(row: Row | undefined): Promise<Processed> {
      const old = fromItem<Partial<OrderRow>>(row ?? {});
      if (sameContent(body)(old.contentHash)) return written(row, now);
      const refusal = refusalOf(messageId, old);
      if (refusal !== undefined) return { result: 'refused', reasons: refusal };
      if (old.contentHash !== undefined) return { result: 'conflict' };
      return { result: 'claimed', remainingMs: Date.parse(old.claimedUntil ?? now) - nowMs };
    }

    let claim: string | null = null;
    if (processing.hasEffects) {
      claim = to.newToken();
      const until = isoTime(nowMs + time.remainingMs());
      const claimed = await ask(orderClaimed({ orderKey, message, now }, { token: claim, until }));
      if (claimed.kind === 'condition-failed') return notMine(claimed.row);
    }

    const ended = () => ({ orderKey, message, claim, now: isoTime(to.now()) });
    try {
      const signal = time.work;
      // The claim took the rest of the time. A signal that has aborted does not tell anybody again.
      if (signal.aborted) throw new NoTimeToBegin();
      await inTime(work({ order, idempotencyKey, signal }), signal);
    } catch (error) {
      if (error instanceof RefusedOrder) {
        const reasons = refusalReasons(error.reasons);
        const noted = await ask(refusalNoted(ended(), reasons));
        if (noted.kind === 'written') return { result: 'refused', reasons };
      }
      // At best: an error that is not kept is still in the log, and the claim ends by itself.
      await ask(errorNoted(ended(), errorReason(error), !(error instanceof OutOfTime))).catch(() => {});
      throw error;
    }

    const writtenAt = isoTime(to.now());
    const answer = await ask(orderWritten({ orderKey, message, now: writtenAt }));
    return answer.kind === 'written' ? written(answer.old, writtenAt) : notMine(answer.row);
  };
}

/** Rejects when the signal aborts, whether or not the work cares. What comes of the work afterwards changes nothing. */
async function inTime(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: outOfTime, reject } = Promise.withResolvers<never>();
  const end = () => reject(new OutOfTime());
  signal.addEventListener('abort', end, { once: true });
  try {
    await Promise.race([work, outOfTime]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
