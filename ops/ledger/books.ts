import { messagesIn, type QueueDepth } from '../aws/queue-depths.ts';

/** What the books are made of, counted at about the same time. */
export interface Counts {
  readonly orders: QueueDepth;
  readonly badOrders: QueueDepth;
  readonly parkedOrders: QueueDepth;
  readonly processed: number;
  /** Orders with a failure that waits for somebody, and with none that is on its way. */
  readonly failed: number;
  /** Orders that were replayed so long ago that their messages are counted, if there are any. */
  readonly overdue: number;
}

/**
 * Where the orders are: sent = processed + failed + in flight, parked ones being in flight to nowhere. A replayed
 * failure is its message, so it is among those in flight; with nothing in any queue its message was lost, and it is
 * stuck until somebody sends it again. An order is one of these, however often it was sent and however many failures it
 * has (`OrdersOfFailures` says what is one order): processed once a copy was, else on its way, else failed. Only in the
 * queues messages are counted: a copy there counts besides its order, and one that is just moving from a queue to the
 * table may count twice, or not at all.
 */
export interface Books {
  readonly processed: number;
  readonly failed: number;
  readonly inFlight: number;
  readonly parked: number;
  readonly stuck: number;
  /** The sum: how many were sent, if none was lost. */
  readonly accountedFor: number;
}

/** Adds up what was counted; pure, so the counts had better be of the same moment. */
export function booksOf({ orders, badOrders, parkedOrders, processed, failed, overdue }: Counts): Books {
  const inFlight = messagesIn(orders) + messagesIn(badOrders);
  const parked = messagesIn(parkedOrders);
  const stuck = inFlight + parked === 0 ? overdue : 0;
  const accountedFor = processed + failed + inFlight + parked + stuck;
  return { processed, failed, inFlight, parked, stuck, accountedFor };
}
