import { countFunctionErrors, type ErrorCounts } from '../aws/function-errors.ts';
import { type Books, booksOf } from '../ledger/books.ts';
import { countProcessed } from '../ledger/count-failures.ts';
import { failures } from '../ledger/failures.ts';
import { type CauseGroup, groupByCause } from '../ledger/group-by-cause.ts';
import { OrdersOfFailures } from '../ledger/orders-of-failures.ts';
import { readReplayed } from '../ledger/replayed.ts';
import type { OrdersContext } from './context.ts';
import { isoTime } from './moment.ts';
import { paced } from './paced.ts';
import { queuesReader, type QueuesStatus } from './queue-status.ts';

/** The pipeline at a moment. */
export interface StatusReport extends QueuesStatus {
  /** ISO 8601. */
  readonly at: string;
  readonly books: Books;
  /** Failures that wait for somebody: more than `books.failed` when an order has several, or is processed. */
  readonly failures: number;
  /** Failures sent again whose outcome is not known yet; their messages are in flight, or `books.stuck`. */
  readonly replayed: number;
  /** Those of them that were sent more than five minutes ago. */
  readonly overdue: number;
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
    const found = new OrdersOfFailures();
    const [causes, replayed, errors] = await Promise.all([
      groupByCause(noted(failures(orders, { status: 'failed' }), (failure) => found.add(failure, 'failed'))),
      readReplayed(orders, (failure, isOverdue) => found.add(failure, isOverdue ? 'overdue' : 'on the way')),
      countFunctionErrors(clients.logs, outputs, errorsSinceMs),
    ]);
    const unprocessed = await found.unprocessed(orders);
    // Last, as the end of an order's way: what is processed meanwhile is rather counted twice than overlooked.
    return { processed: await countProcessed(orders), causes, replayed, errors, unprocessed };
  });
  return async (options) => {
    // Queues first: an order on its way to the table is rather counted twice than overlooked.
    const { queues, agesUnavailable } = await readQueues(options);
    const { value, atMs } = await ledger(options);
    const { processed, causes, replayed, errors, unprocessed } = value;
    return {
      at: isoTime(io.clock.now()),
      queues,
      agesUnavailable,
      books: booksOf({
        orders: queues.orders,
        badOrders: queues['bad-orders'],
        parkedOrders: queues['parked-orders'],
        processed,
        ...unprocessed,
      }),
      failures: causes.reduce((sum, { count }) => sum + count, 0),
      replayed: replayed.count,
      overdue: replayed.overdue,
      oldestReplayedAt: replayed.oldestAt,
      causes,
      countedAt: isoTime(atMs),
      functionErrors: { ...errors, since: isoTime(errorsSinceMs) },
    };
  };
}

/** The same stream, each of which is noted as it passes. */
async function* noted<T>(stream: AsyncIterable<T>, note: (element: T) => void): AsyncGenerator<T> {
  for await (const element of stream) {
    note(element);
    yield element;
  }
}
