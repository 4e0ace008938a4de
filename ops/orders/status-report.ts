import { countFunctionErrors, type ErrorCounts } from '../aws/function-errors.ts';
import { type Books, booksOf } from '../ledger/books.ts';
import { countProcessed } from '../ledger/count-failures.ts';
import { failures } from '../ledger/failures.ts';
import { type CauseGroup, groupByCause } from '../ledger/group-by-cause.ts';
import { readReplayed } from '../ledger/replayed.ts';
import type { OrdersContext } from './context.ts';
import { isoTime } from './moment.ts';
import { paced } from './paced.ts';
import { type QueuesStatus, queuesReader } from './queue-status.ts';

/** The pipeline at a moment. */
export interface StatusReport extends QueuesStatus {
  /** ISO 8601. */
  readonly at: string;
  readonly books: Books;
  /** Failures sent again whose outcome is not known yet; their messages are in flight, or `books.stuck`. */
  readonly replayed: number;
  /** ISO 8601: when the one of them that waits longest was sent. */
  readonly oldestReplayedAt: string | null;
  readonly causes: readonly CauseGroup[];
  /** When processed orders, failures and errors were counted: earlier than `at` where counting takes long. */
  readonly countedAt: string;
  readonly functionErrors: ErrorCounts & { readonly since: string };
}

/** Reads the status; what takes long is taken from a former reading where that is recent enough and not `fresh`. */
export type ReadStatus = (options?: { readonly fresh: boolean }) => Promise<StatusReport>;

/** @param errorsSinceMs from when on errors count (epoch milliseconds) */
export async function statusReader(context: OrdersContext, errorsSinceMs: number): Promise<ReadStatus> {
  const { io, clients } = context;
  const [outputs, orders] = await Promise.all([context.outputs(), context.table()]);
  const readQueues = queuesReader(context, outputs);
  const ledger = paced(io.clock, async () => {
    const [processed, causes, replayed, errors] = await Promise.all([
      countProcessed(orders),
      groupByCause(failures(orders, { status: 'failed' })),
      readReplayed(orders),
      countFunctionErrors(clients.logs, outputs, errorsSinceMs),
    ]);
    return { processed, causes, replayed, errors, failed: causes.reduce((sum, { count }) => sum + count, 0) };
  });
  return async (options) => {
    // Queues first: an order on its way to the table is rather counted twice than overlooked.
    const { queues, agesUnavailable } = await readQueues(options);
    const { value, atMs } = await ledger(options);
    const { processed, failed, causes, replayed, errors } = value;
    return {
      at: isoTime(io.clock.now()),
      queues,
      agesUnavailable,
      books: booksOf({
        orders: queues.orders,
        badOrders: queues['bad-orders'],
        parkedOrders: queues['parked-orders'],
        processed,
        failed,
        overdue: replayed.overdue,
      }),
      replayed: replayed.count,
      oldestReplayedAt: replayed.oldestAt,
      causes,
      countedAt: isoTime(atMs),
      functionErrors: { ...errors, since: isoTime(errorsSinceMs) },
    };
  };
}
