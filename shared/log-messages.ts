/**
 * The `message` of the structured log lines that people search for and tools rely on. Under Lambda's JSON log format
 * an object given to `console` becomes the line's `message` member: `{"level":"INFO","message":{"message":"Good
 * Order",…},…}`.
 */
export const logMessages = {
  /** process-orders, info: `{ orderId, messageId, receiveCount }`. */
  goodOrder: 'Good Order',
  /** process-orders, warn: `{ orderId, messageId, receiveCount, kind, reasons }`. */
  badOrder: 'Bad Order',
  /** process-orders, error: a valid order whose processing failed; it will be retried. */
  orderNotProcessed: 'Order Not Processed',
  /** process-orders, warn: ChangeMessageVisibilityBatch failed; the message waits out its visibility timeout. */
  visibilityNotChanged: 'Visibility Not Changed',
  /** failed-orders, error: `{ orderId, messageId, receiveCount, kind, reasons, sourceQueue }`. */
  failedOrder: 'Failed Order',
  /** failed-orders, error: the message stays in bad-orders. */
  failureNotRecorded: 'Failure Not Recorded',
  /** generate-orders, info: its answer's body. */
  ordersQueued: 'Orders Queued',
  /** generate-orders, error: `{ failed: [{ index, orderId, code, message }] }`. */
  ordersNotQueued: 'Orders Not Queued',
  /** generate-orders, error: `{ problems }`. */
  eventRefused: 'Event Refused',
} as const;

/** What a message in bad-orders is. */
export const failureKinds = {
  notJson: 'not-json',
  /** JSON, but not an order; `reasons` say why. */
  invalid: 'invalid',
  /** A valid order: dragged along by a bad one of its batch, or its attempts used up by errors, timeouts, throttles. */
  outOfAttempts: 'out-of-attempts',
} as const;

export type FailureKind = (typeof failureKinds)[keyof typeof failureKinds];
