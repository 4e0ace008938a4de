import { type QueueAge, readQueueAge } from '../aws/queue-ages.ts';
import { messagesIn, type QueueDepth, readQueueDepth } from '../aws/queue-depths.ts';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import type { OrdersContext } from './context.ts';
import { paced } from './paced.ts';

export type QueueName = 'orders' | 'bad-orders' | 'parked-orders';

/** A queue at a moment. */
export interface QueueStatus extends QueueDepth {
  /** How long the oldest message has waited; null when there is none, or CloudWatch has not heard of it yet. */
  readonly oldestAgeSeconds: number | null;
}

/** The pipeline's three queues at a moment. */
export interface QueuesStatus {
  readonly queues: Readonly<Record<QueueName, QueueStatus>>;
  /** Why ages are missing, where CloudWatch refuses to tell; null elsewhere. */
  readonly agesUnavailable: string | null;
}

/** Requests for metrics are paid one by one, and on AWS a metric changes once a minute. */
const ageIntervalMs = 10_000;

const noMessages: QueueAge = { seconds: null };

/** Reads the three queues; ages only of those that hold messages, and not each time. */
export function queuesReader(
  { clients, io }: OrdersContext,
  outputs: StackOutputs,
): (options?: { readonly fresh: boolean }) => Promise<QueuesStatus> {
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

function statusOf({ depth, age }: { readonly depth: QueueDepth; readonly age: QueueAge }): QueueStatus {
  return { ...depth, oldestAgeSeconds: 'seconds' in age ? age.seconds : null };
}
