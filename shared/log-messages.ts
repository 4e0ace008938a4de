/**
 * The `message` of the structured log lines that people search for and tools rely on. Under Lambda's JSON log format
 * an object given to `console` becomes the line's `message` member: `{"level":"INFO","message":{"message":"Good
 * Order",…},…}`. Lines about one message also have its `traceId`, by which X-Ray finds it, if its sender named a trace.
 */
export const logMessages = {
  /** process-orders, info: `{ orderId, messageId, receiveCount }`. */
  goodOrder: 'Good Order',
  /**
   * process-orders, info: `{ orderId, messageId, receiveCount, firstMessageId }`: a success that changed nothing. The
   * order was written before, brought by the message `firstMessageId`: the same one, or another with the same body.
   */
  duplicateOrder: 'Duplicate Order',
  /** process-orders, warn: `{ orderId, messageId, receiveCount, kind, reasons }`. */
  badOrder: 'Bad Order',
  /** process-orders, error: a valid order whose processing failed, or any behind one in its FIFO group; it returns. */
  orderNotProcessed: 'Order Not Processed',
  /** process-orders, warn: ChangeMessageVisibilityBatch failed; the message waits out its visibility timeout. */
  visibilityNotChanged: 'Visibility Not Changed',
  /** failed-orders, error: `{ orderId, messageId, receiveCount, kind, reasons, cause, sourceQueue }`. */
  failedOrder: 'Failed Order',
  /** failed-orders, info: as `failedOrder`, of a message whose failure an earlier delivery of it wrote down. */
  failureAlreadyRecorded: 'Failure Already Recorded',
  /**
   * failed-orders, info: `{ orderId, messageId, receiveCount, firstMessageId }`: no failure. The order had been
   * written when its function was ended or its batch thrown.
   */
  alreadyProcessed: 'Already Processed',
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
  /** A valid order whose id another order, with another body, was written under. */
  conflictingId: 'conflicting-id',
} as const;

/** The one reason of a `conflicting-id`. */
export const conflictReason = '/orderId belongs to another order';

export type FailureKind = (typeof failureKinds)[keyof typeof failureKinds];
