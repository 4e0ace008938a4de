import { type ErrorCounts, type ErrorGroup, readFunctionErrors } from './aws/function-errors.ts';
import { messagesIn, type QueueAge, type QueueReading, readQueueAge, readQueueDepth } from './aws/queues.ts';
import type { StackOutputs } from './aws/stack.ts';
import type { OrdersContext } from './context.ts';
import { type Books, booksOf, OrdersOfFailures, readReplayed } from './ledger/books.ts';
import { type CauseGroup, countProcessed, failures, groupByCause } from './ledger/failures.ts';
import type { Clock } from './time.ts';
import { isoTime } from './time.ts';

/** The pipeline at a moment. */
export interface StatusReport {
  /** ISO 8601. */
  readonly at: string;
  readonly queues: Readonly<Record<QueueName, QueueStatus>>;
  /** Why ages are missing, where CloudWatch refuses to tell; null elsewhere. */
  readonly agesUnavailable: string | null;
  readonly books: Books;
  /** Failures that wait for somebody. There are more than `books.failed` when an order has several, or is processed. */
  readonly failures: number;
  /** Failures that were sent again and have no outcome yet. Their messages are in flight, or they are `books.stuck`. */
  readonly replayed: number;
  /** Replayed failures that were sent more than five minutes ago. */
  readonly overdue: number;
  /** ISO 8601: when the replayed failure that waits longest was sent. */
  readonly oldestReplayedAt: string | null;
  readonly causes: readonly CauseGroup[];
  /** When processed orders, failures and errors were counted. It is earlier than `at` where counting takes long. */
  readonly countedAt: string;
  readonly functionErrors: ErrorCounts & { readonly since: string };
  /** The same errors by their messages, the most frequent first. */
  readonly errorGroups: readonly ErrorGroup[];
}

/**
 * Whether orders move. Then the books are no equation: an order may be counted in its queue and again where it came to,
 * and on AWS the queues' counts lag behind.
 */
export function isMoving({ books, replayed, overdue }: Pick<StatusReport, 'books' | 'replayed' | 'overdue'>): boolean {
  return books.inFlight > 0 || replayed > overdue;
}

/** Reads the status. Counts that take long may come from a former reading if it is recent. `fresh` counts anew. */
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
      readFunctionErrors(clients.logs, outputs, errorsSinceMs),
    ]);
    const unprocessed = await found.unprocessed(orders);
    // Counted last: an order that is processed meanwhile may be counted twice, but never overlooked.
    return { processed: await countProcessed(orders), causes, replayed, errors, unprocessed };
  });
  return async (options) => {
    // Queues first: an order on its way to the table may be counted twice, but never overlooked.
    const { queues, agesUnavailable } = await readQueues(options);
    const { value, atMs } = await ledger(options);
    const { processed, causes, replayed, errors, unprocessed } = value;
    const nowMs = io.clock.now();
    const withNextTry = (queue: QueueReport, triesMs: readonly number[]): QueueStatus => {
      const nextMs =
        queue.notVisible === 0 ? Infinity : triesMs.reduce((a, b) => (b > nowMs && b < a ? b : a), Infinity);
      return { ...queue, nextTryAt: nextMs === Infinity ? null : isoTime(nextMs) };
    };
    return {
      at: isoTime(nowMs),
      queues: {
        orders: withNextTry(queues.orders, errors.nextTriesMs['process-orders']),
        'bad-orders': withNextTry(queues['bad-orders'], errors.nextTriesMs['failed-orders']),
        'parked-orders': withNextTry(queues['parked-orders'], []),
      },
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
      functionErrors: { ...errors.counts, since: isoTime(errorsSinceMs) },
      errorGroups: errors.groups,
    };
  };
}

/** Calls `note` with each element as it passes. */
async function* noted<T>(stream: AsyncIterable<T>, note: (element: T) => void): AsyncGenerator<T> {
  for await (const element of stream) {
    note(element);
    yield element;
  }
}

type QueueName = 'orders' | 'bad-orders' | 'parked-orders';

/** A queue at a moment. */
export interface QueueStatus extends QueueReport {
  /**
   * ISO 8601: when the next hidden message comes back, where its function has set the time. Null when it has set none: a
   * message that a function has at the moment comes back after `visibilityTimeoutSeconds`, unless it is deleted.
   */
  readonly nextTryAt: string | null;
}

/** What SQS and CloudWatch say of a queue. */
interface QueueReport extends QueueReading {
  /**
   * How long the oldest message has waited. Null when there is none, when CloudWatch has not heard of it yet, or when a
   * standard queue has only messages that were received three times (SQS Developer Guide, "Available CloudWatch metrics").
   */
  readonly oldestAgeSeconds: number | null;
}

/** The pipeline's three queues at a moment. */
interface QueuesReport extends Pick<StatusReport, 'agesUnavailable'> {
  readonly queues: Readonly<Record<QueueName, QueueReport>>;
}

/** Each request for a metric costs money, and on AWS a metric changes once a minute. */
const ageIntervalMs = 10_000;

const noMessages: QueueAge = { seconds: null };

/** Reads the three queues. Ages are read only of queues that hold messages, and not each time. */
function queuesReader(
  { clients, io }: OrdersContext,
  outputs: StackOutputs,
): (options?: { readonly fresh: boolean }) => Promise<QueuesReport> {
  const reader = (url: string) => {
    const age = paced(io.clock, () => readQueueAge(clients.cloudWatch, url, io.clock.now()), ageIntervalMs);
    return async (options?: { readonly fresh: boolean }) => {
      const depth = await readQueueDepth(clients.sqs, url);
      return { depth, age: messagesIn(depth) > 0 ? (await age(options)).value : noMessages };
    };
  };
  const orders = reader(outputs.ordersQueueUrl);
  const badOrders = reader(outputs.badOrdersQueueUrl);
  const parkedOrders = reader(outputs.parkedOrdersQueueUrl);
  return async (options) => {
    const readings = await Promise.all([orders(options), badOrders(options), parkedOrders(options)]);
    const [first, second, third] = readings;
    const refusals = readings.flatMap(({ age }) => ('unavailable' in age ? [age.unavailable] : []));
    return {
      queues: { orders: statusOf(first), 'bad-orders': statusOf(second), 'parked-orders': statusOf(third) },
      agesUnavailable: refusals[0] ?? null,
    };
  };
}

function statusOf({ depth, age }: { readonly depth: QueueReading; readonly age: QueueAge }): QueueReport {
  return { ...depth, oldestAgeSeconds: 'seconds' in age ? age.seconds : null };
}

/** A reading and when it was taken (epoch milliseconds). */
interface Reading<Value> {
  readonly value: Value;
  readonly atMs: number;
}

/** At most this share of the time goes into readings. */
const share = 0.1;

/**
 * A reading that is taken again only after ten times as long as it took, so that watching a large table does not read
 * it without end. `fresh` takes it now.
 *
 * @param atLeastMs the shortest time between two readings, for what costs money by the request
 */
function paced<Value>(
  clock: Clock,
  read: () => Promise<Value>,
  atLeastMs = 0,
): (options?: { readonly fresh: boolean }) => Promise<Reading<Value>> {
  let last: Reading<Value> | undefined;
  let nextAtMs = 0;
  return async ({ fresh } = { fresh: false }) => {
    if (last !== undefined && !fresh && clock.now() < nextAtMs) return last;
    const startedAtMs = clock.now();
    const value = await read();
    const atMs = clock.now();
    nextAtMs = atMs + Math.max(atLeastMs, (atMs - startedAtMs) / share);
    last = { value, atMs };
    return last;
  };
}
