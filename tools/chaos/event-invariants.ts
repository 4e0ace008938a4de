import { isDeepStrictEqual } from 'node:util';
import { eventReasons, type FailedEvent, type OrderEvent, type ProcessedEvent } from '../../shared/order-event.ts';
import { readOrder } from '../../shared/order/read-order.ts';
import type { FailureRow, HistoryEntry, OrderRow } from '../../shared/ledger/rows.ts';
import type { Evidence } from '../trial/evidence.ts';

/** A sentence for each case in which an invariant does not hold; none in a run without events. */
type EventInvariant = (evidence: Evidence) => readonly string[];

/** What holds of events whenever nothing moves any more. */
export const eventInvariants = {
  'every processed order is told': ({ orders, told }) =>
    told === undefined
      ? []
      : orders
          .filter((order) => !told.some((event) => event.type === 'order.processed' && isTrueOf(event, order)))
          .map(({ orderKey }) => `Order ${orderKey} is processed, and nobody was told.`),

  // A failure that was mended before it could be told is told as a processed order.
  'every failure that waits is told, with each of its replays': ({ failures, told }) =>
    told === undefined
      ? []
      : failures
          .filter(({ status }) => status !== 'processed')
          .flatMap((failure) => failedEntries(failure).map((entry) => ({ failure, entry })))
          .filter(
            ({ failure, entry }) =>
              !told.some((event) => event.type === 'order.failed' && isTrueFailure(event, failure, entry)),
          )
          .map(({ failure, entry }) => `Failure ${failure.failureId} by ${entry.messageId} was not told.`),

  'nothing is told that did not happen': ({ orders, failures, told = [] }) => {
    const byKey = new Map(orders.map((order) => [order.orderKey, order]));
    return told
      .filter((event) => {
        if (event.type === 'order.processed') return !isTrueOf(event, byKey.get(event.orderKey));
        const failure = failures.find(({ orderKey, failureId }) => isAt(event, { orderKey, failureId }));
        return failure === undefined || !failedEntries(failure).some((entry) => isTrueFailure(event, failure, entry));
      })
      .map((event) => `This event is not true: ${JSON.stringify(event)}`);
  },

  'an event that is told again is the same': ({ told = [] }) => {
    const first = new Map<string, OrderEvent>();
    for (const event of told) if (!first.has(event.id)) first.set(event.id, event);
    return told
      .filter((event) => !isDeepStrictEqual(event, first.get(event.id)))
      .map((event) => `This event had another form before: ${JSON.stringify(event)}`);
  },
} as const satisfies Readonly<Record<string, EventInvariant>>;

function isTrueOf(event: ProcessedEvent, order: OrderRow | undefined): boolean {
  return (
    order !== undefined &&
    event.orderKey === order.orderKey &&
    event.messageId === order.messageId &&
    event.time === order.processedAt &&
    event.orderId === readOrder(order.body).orderId
  );
}

function isTrueFailure(event: FailedEvent, failure: FailureRow, entry: HistoryEntry): boolean {
  const { kind, reasons = [] } = entry;
  return (
    isAt(event, failure) &&
    event.messageId === entry.messageId &&
    event.time === entry.at &&
    event.kind === kind &&
    isDeepStrictEqual(event.reasons, eventReasons(kind, reasons, false))
  );
}

function isAt(event: FailedEvent, { orderKey, failureId }: Pick<FailureRow, 'orderKey' | 'failureId'>): boolean {
  return event.orderKey === orderKey && event.failureId === failureId;
}

function failedEntries({ history }: FailureRow): readonly HistoryEntry[] {
  return history.filter(({ event }) => event === 'failed');
}
