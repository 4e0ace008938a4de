import { failureKinds } from '../../../shared/telemetry.ts';
import { messagesIn, type QueueDepth } from '../aws/queues.ts';
import { forEachAtOnce, inChunks } from '../streams.ts';
import { isoTime } from '../time.ts';
import { failures, type FailureSummary } from './failures.ts';
import { keysPerRead, type OrdersTable, readItems } from './read.ts';

/** An order whose failures stand differently is where the last of these is. */
const standings = ['failed', 'overdue', 'on the way'] as const;

/**
 * Where a failure stands: waiting for somebody, sent again so long ago that its message is counted if there is one, or
 * sent again and on the way.
 */
export type Standing = (typeof standings)[number];

/** Orders that have failures and are not processed, each in one of the two numbers at most. */
interface UnprocessedOrders {
  readonly failed: number;
  readonly overdue: number;
}

/** Lookups side by side: as many as `countProcessed` has scans. */
const readsAtOnce = 8;

/**
 * The orders that failures belong to. An order has several failures when it was sent several times, and counts once. One
 * without an id of its own is known by its message alone, and counts once for each: its body names none, or one that
 * belongs to another order.
 *
 * In memory for the id (at most 64 characters) of each order that has one and failed: 100,000 orders are 15 MB at most.
 */
export class OrdersOfFailures {
  /** By the partition key that an order's rows share. */
  readonly #named = new Map<string, Standing>();
  readonly #unnamed: Record<Standing, number> = { failed: 0, overdue: 0, 'on the way': 0 };

  add({ pk, orderKey, failureId, kind }: FailureSummary, standing: Standing): void {
    if (orderKey === failureId || kind === failureKinds.conflictingId) {
      this.#unnamed[standing] += 1;
      return;
    }
    const known = this.#named.get(pk);
    if (known === undefined || standings.indexOf(standing) > standings.indexOf(known)) this.#named.set(pk, standing);
  }

  /**
   * Looks each order up, because another copy of it may have been processed: on AWS a read unit for each, and more for
   * one that is processed and above 4 KB.
   */
  async unprocessed(table: OrdersTable): Promise<UnprocessedOrders> {
    const counts = { ...this.#unnamed };
    for (const standing of this.#named.values()) counts[standing] += 1;
    // What is on the way is counted as its message.
    const waiting = [...this.#named].filter(([, standing]) => standing !== 'on the way').map(([pk]) => pk);
    await forEachAtOnce(inChunks(waiting, keysPerRead), readsAtOnce, async (some) => {
      for (const pk of await processedOf(table, some)) counts[this.#named.get(pk)!] -= 1;
    });
    return { failed: counts.failed, overdue: counts.overdue };
  }
}

/** Partition keys of those orders that are processed: a row without `contentHash` is none. */
async function processedOf(table: OrdersTable, partitionKeys: readonly string[]): Promise<string[]> {
  const keys = partitionKeys.map((pk) => ({ pk, sk: 'ORDER' }));
  const items = await readItems(table, keys, ['pk', 'contentHash']);
  return items.flatMap(({ pk, contentHash }) => (pk?.S === undefined || contentHash === undefined ? [] : [pk.S]));
}

/** Failures that were sent again and have not come to an end. */
interface Replayed {
  readonly count: number;
  /** ISO 8601: when the one that has been on its way longest was sent; null when there is none. */
  readonly oldestAt: string | null;
  /** Those sent longer than `overdueAfterMs` ago. */
  readonly overdue: number;
}

/**
 * A queue's depth is approximate for about a minute after messages moved (SQS API reference, GetQueueAttributes); from
 * five on, a message that is not counted is not there.
 */
export const overdueAfterMs = 5 * 60_000;

/**
 * Reads the ledger's index of replayed failures to its end: as many requests as that has pages.
 *
 * @param note gets each of them, and whether it is overdue
 */
export async function readReplayed(
  table: OrdersTable,
  note: (failure: FailureSummary, isOverdue: boolean) => void = () => {},
): Promise<Replayed> {
  const overdueBefore = isoTime(table.clock.now() - overdueAfterMs);
  let count = 0;
  let overdue = 0;
  let oldestAt: string | null = null;
  for await (const failure of failures(table, { status: 'replayed' })) {
    const at = sentAgainAt(failure);
    const isOverdue = at < overdueBefore;
    note(failure, isOverdue);
    count += 1;
    if (isOverdue) overdue += 1;
    if (oldestAt === null || at < oldestAt) oldestAt = at;
  }
  return { count, oldestAt, overdue };
}

/** Those that were sent again before a time (ISO 8601) and have not come to an end. */
export async function* replayedBefore(table: OrdersTable, before: string): AsyncGenerator<FailureSummary> {
  for await (const failure of failures(table, { status: 'replayed' })) {
    if (sentAgainAt(failure) < before) yield failure;
  }
}

/** ISO 8601. */
export function sentAgainAt({ replayedAt, failedAt }: Pick<FailureSummary, 'replayedAt' | 'failedAt'>): string {
  return replayedAt ?? failedAt;
}

/** What the books are made of, counted at about the same time. */
interface Counts {
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
