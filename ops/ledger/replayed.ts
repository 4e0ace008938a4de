import { failures, type FailureSummary } from './failures.ts';
import type { OrdersTable } from './orders-table-client.ts';

/** Failures that were sent again and have not come to an end. */
export interface Replayed {
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
  const overdueBefore = new Date(table.clock.now() - overdueAfterMs).toISOString();
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
