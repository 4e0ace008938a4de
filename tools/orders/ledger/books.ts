import { failureKinds } from '../../../shared/telemetry.ts';
import { messagesIn, type QueueDepth } from '../aws/queues.ts';
import { forEachAtOnce, inChunks } from '../streams.ts';
import { isoTime } from '../time.ts';
import { failures, type FailureSummary } from './failures.ts';
import { keysPerRead, type TableConnection, readItems } from './table.ts';

/** When the failures of an order stand differently, the last of these counts. */
const standings = ['failed', 'overdue', 'on the way'] as const;

/**
 * Where a failure stands. `failed`: it waits for somebody. `on the way`: it was sent again. `overdue`: it was sent
 * again so long ago that its message is counted, if there is one.
 */
export type Standing = (typeof standings)[number];

/** Orders that have failures and are not processed. Each is in one of the two numbers at most. */
interface UnprocessedOrders {
  readonly failed: number;
  readonly overdue: number;
}

/** Whether a failure is of another order than its id says: the id belongs to an order that is processed. */
export function isOfAnotherOrder({ kind }: Pick<FailureSummary, 'kind'>): boolean {
  return kind === failureKinds.conflictingId;
}

/** Lookups side by side, as many as `countProcessed` has scans. */
const readsAtOnce = 8;

/**
 * The orders that failures belong to. An order that was sent several times may have several failures, and counts once.
 * An order without an id of its own is known by its message alone, and counts once for each message: its body names no
 * id, or an id that belongs to another order.
 *
 * Memory: the id (at most 64 characters) of each failed order that has one. 100,000 orders are 15 MB at most.
 */
export class OrdersOfFailures {
  /** By the partition key that an order's rows share. */
  readonly #named = new Map<string, Standing>();
  readonly #unnamed: Record<Standing, number> = { failed: 0, overdue: 0, 'on the way': 0 };

  add({ pk, orderKey, failureId, kind }: FailureSummary, standing: Standing): void {
    if (orderKey === failureId || isOfAnotherOrder({ kind })) {
      this.#unnamed[standing] += 1;
      return;
    }
    const known = this.#named.get(pk);
    if (known === undefined || standings.indexOf(standing) > standings.indexOf(known)) this.#named.set(pk, standing);
  }

  /**
   * Looks up each order, because another copy of it may have been processed. On AWS this costs a read unit for each
   * order, and more for a processed order above 4 KB.
   */
  async unprocessed(table: TableConnection): Promise<UnprocessedOrders> {
    const counts = { ...this.#unnamed };
    for (const standing of this.#named.values()) counts[standing] += 1;
    // An order on the way is counted as its message.
    const waiting = [...this.#named].filter(([, standing]) => standing !== 'on the way').map(([pk]) => pk);
    await forEachAtOnce(inChunks(waiting, keysPerRead), readsAtOnce, async (some) => {
      for (const pk of await processedOf(table, some)) counts[this.#named.get(pk)!] -= 1;
    });
    return { failed: counts.failed, overdue: counts.overdue };
  }
}

/** Partition keys of the orders that are processed. A row without `contentHash` is no order. */
async function processedOf(table: TableConnection, partitionKeys: readonly string[]): Promise<string[]> {
  const keys = partitionKeys.map((pk) => ({ pk, sk: 'ORDER' }));
  const items = await readItems(table, keys, ['pk', 'contentHash']);
  return items.flatMap(({ pk, contentHash }) => (pk?.S === undefined || contentHash === undefined ? [] : [pk.S]));
}

/** Failures that were sent again and have not come to an end. */
interface Replayed {
  readonly count: number;
  /** ISO 8601: when the failure that has been on its way longest was sent. Null when there is none. */
  readonly oldestAt: string | null;
  /** Those sent longer than `overdueAfterMs` ago. */
  readonly overdue: number;
}

/**
 * A queue's depth is approximate for about a minute after messages moved (SQS API reference, GetQueueAttributes). After
 * five minutes, a message that is not counted is not there.
 */
export const overdueAfterMs = 5 * 60_000;

/**
 * Reads the ledger's index of replayed failures to its end: as many requests as that has pages.
 *
 * @param note gets each of them, and whether it is overdue
 */
export async function readReplayed(
  table: TableConnection,
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

/** Where an order is, for a person. */
export type OrderState = 'processed' | 'failed' | 'replayed' | 'in flight';

/**
 * The state of one order by the rule of the books: processed if a copy was, or else on its way, or else failed. A
 * failure of another order under the same id counts only when it is all there is.
 *
 * @param isProcessed whether the order, or a message of it, was processed
 */
export function stateOf(known: readonly Pick<FailureSummary, 'status' | 'kind'>[], isProcessed: boolean): OrderState {
  if (isProcessed) return 'processed';
  const own = known.filter((failure) => !isOfAnotherOrder(failure));
  const statuses = (own.length > 0 ? own : known).map(({ status }) => status);
  if (statuses.includes('replayed')) return 'replayed';
  return statuses.includes('failed') ? 'failed' : 'in flight';
}

/** Failures that were sent again before a time (ISO 8601) and have not come to an end. */
export async function* replayedBefore(table: TableConnection, before: string): AsyncGenerator<FailureSummary> {
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
 * Where the orders are: sent = processed + failed + in flight + parked + stuck.
 *
 * A replayed failure is counted as its message, among those in flight. When no queue has a message, the message was
 * lost, and the order is stuck until somebody sends it again. Each order counts once, however often it was sent and
 * however many failures it has (`OrdersOfFailures` says what is one order). It is processed if a copy was, or else on
 * its way, or else failed.
 *
 * The queues count messages, not orders. So a copy in a queue counts beside its order, and a message that is just
 * moving from a queue to the table may count twice or not at all.
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

/** Adds up what was counted. The counts should be of about the same moment. */
export function booksOf({ orders, badOrders, parkedOrders, processed, failed, overdue }: Counts): Books {
  const inFlight = messagesIn(orders) + messagesIn(badOrders);
  const parked = messagesIn(parkedOrders);
  const stuck = inFlight + parked === 0 ? overdue : 0;
  const accountedFor = processed + failed + inFlight + parked + stuck;
  return { processed, failed, inFlight, parked, stuck, accountedFor };
}
