import { type FailureKind, failureKinds } from './log-messages.ts';

/** Namespace of the metrics that the functions publish themselves; the one dimension is `FunctionName`. */
export const metricNamespace = 'OrderPipeline';

/** What the functions count, beside what AWS counts for them. All are counts of one invocation: look at their sum. */
export const metricNames = {
  /** generate-orders: orders in the queue. */
  ordersQueued: 'OrdersQueued',
  /** generate-orders: orders that could not be queued. */
  ordersNotQueued: 'OrdersNotQueued',
  /**
   * process-orders: orders by the messages that brought them, written now or at an earlier receive. That one may have
   * been cut short before it could count, so an order whose message is delivered again after its success counts again.
   */
  ordersProcessed: 'OrdersProcessed',
  /** process-orders: messages whose order another message had brought before. */
  duplicateOrders: 'DuplicateOrders',
  /** process-orders: receives of orders that will never be good; each order is received `maxReceiveCount` times. */
  badOrders: 'BadOrders',
  /** process-orders: orders whose processing failed for a passing reason, or behind a failure in their FIFO group. */
  ordersNotProcessed: 'OrdersNotProcessed',
  /**
   * failed-orders: failures new in the ledger, whatever their kind: one a message, however often that is delivered. None
   * when the function ends between writing a failure down and counting it, which counts among its errors. One that is
   * written down, but whose order's row could not be told, counts here and in the next.
   */
  failuresRecorded: 'FailuresRecorded',
  /** failed-orders: failures that could not be written down; they come back. */
  failuresNotRecorded: 'FailuresNotRecorded',
  /** All functions: 1 from the first invocation of an execution environment, whose start it had to wait for. */
  coldStarts: 'ColdStarts',
} as const;

/**
 * Failures recorded, by kind. A name for each and not a dimension: one line of an invocation can hold many metrics, but
 * one value of a dimension only.
 */
export const failureMetricNames = {
  [failureKinds.notJson]: 'FailuresNotJson',
  [failureKinds.invalid]: 'FailuresInvalid',
  [failureKinds.outOfAttempts]: 'FailuresOutOfAttempts',
  [failureKinds.conflictingId]: 'FailuresConflictingId',
} as const satisfies Readonly<Record<FailureKind, string>>;

export type MetricName =
  (typeof metricNames)[keyof typeof metricNames] | (typeof failureMetricNames)[keyof typeof failureMetricNames];

export type MetricCounts = Partial<Readonly<Record<MetricName, number>>>;
