import { failureKinds } from '../../shared/log-messages.ts';
import type { FailureSummary } from './failures.ts';
import { keysPerRead, type OrdersTable, readItems } from './orders-table-client.ts';

/** An order whose failures stand differently is where the last of these is. */
const standings = ['failed', 'overdue', 'on the way'] as const;

/**
 * Where a failure stands: waiting for somebody, sent again so long ago that its message is counted if there is one, or
 * sent again and on the way.
 */
export type Standing = (typeof standings)[number];

/** Orders that have failures and are not processed, each in one of the two numbers at most. */
export interface UnprocessedOrders {
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
    let from = 0;
    const look = async () => {
      while (from < waiting.length) {
        const some = waiting.slice(from, (from += keysPerRead));
        for (const pk of await processedOf(table, some)) counts[this.#named.get(pk)!] -= 1;
      }
    };
    await Promise.all(Array.from({ length: readsAtOnce }, look));
    return { failed: counts.failed, overdue: counts.overdue };
  }
}

/** Partition keys of those orders that are processed: a row without `contentHash` is none. */
async function processedOf(table: OrdersTable, partitionKeys: readonly string[]): Promise<string[]> {
  const keys = partitionKeys.map((pk) => ({ pk, sk: 'ORDER' }));
  const items = await readItems(table, keys, ['pk', 'contentHash']);
  return items.flatMap(({ pk, contentHash }) => (pk?.S === undefined || contentHash === undefined ? [] : [pk.S]));
}
