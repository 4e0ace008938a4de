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
  /** Both consumers, info: `{ tries: [{ messageId, inSeconds }] }`: when failed messages come back, if not at once. */
  triesScheduled: 'Tries Scheduled',
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
  /**
   * Both consumers, error, with `-c events=true`: `{ orderId, messageId, receiveCount, error }`. What became of the order
   * is written down, and nobody was told. The message comes back.
   */
  eventNotPublished: 'Event Not Published',
  /** notify-customers, info: `{ orderKey, mailMessageId, tries }`: SES has the mail. `tries` above 1: perhaps twice. */
  mailSent: 'Mail Sent',
  /** notify-customers, info: `{ orderKey }`: the order has no address. */
  noAddress: 'No Address',
  /** notify-customers, info: `{ orderKey }`: SES had the mail before. */
  mailSentBefore: 'Mail Sent Before',
  /** notify-customers, error: `{ orderKey, error }`: SES will never take the mail. The row of the mail has the reason. */
  mailRefused: 'Mail Refused',
  /** notify-customers, error: `{ orderKey, error }`: for a passing reason; the notification comes back. */
  mailNotSent: 'Mail Not Sent',
  /** generate-orders, info: its answer's body. */
  ordersQueued: 'Orders Queued',
  /** generate-orders and accept-orders, error: `{ failed: [{ index, orderId, code, message }] }`. */
  ordersNotQueued: 'Orders Not Queued',
  /** generate-orders, error: `{ problems }`. */
  eventRefused: 'Event Refused',
  /** accept-orders, info: `{ orderId }`: SQS has the order. */
  orderAccepted: 'Order Accepted',
  /** accept-orders, warn: `{ status, kind, reasons }`: a request, or an order of a batch, that it does not take. */
  requestRefused: 'Request Refused',
  /** track-orders, error: `{ orderId, error }`: the table did not answer. */
  orderNotLookedUp: 'Order Not Looked Up',
} as const;

/** What a message in bad-orders is. */
export const failureKinds = {
  notJson: 'not-json',
  /** JSON, but not an order; `reasons` say why. */
  invalid: 'invalid',
  /**
   * A valid order: dragged along by a bad one of its batch, or its attempts used up by errors, timeouts, throttles. The
   * one reason is the last error of its processing, if one is known.
   */
  outOfAttempts: 'out-of-attempts',
  /** A valid order whose id another order, with another body, was written under. */
  conflictingId: 'conflicting-id',
  /** A valid order that the processing refused for ever (`RefusedOrder`); `reasons` are those that it gave. */
  refused: 'refused',
} as const;

/** The one reason of a `conflicting-id`. */
export const conflictReason = '/orderId belongs to another order';

export type FailureKind = (typeof failureKinds)[keyof typeof failureKinds];

/** Namespace of the metrics that the functions publish themselves; the one dimension is `FunctionName`. */
export const metricNamespace = 'OrderPipeline';

/** What the functions count, beside what AWS counts for them. All are counts of one invocation: look at their sum. */
export const metricNames = {
  /** generate-orders and accept-orders, each for itself: orders in the queue. */
  ordersQueued: 'OrdersQueued',
  /** generate-orders and accept-orders: orders that could not be queued. */
  ordersNotQueued: 'OrdersNotQueued',
  /**
   * process-orders: messages whose order is written, now or at an earlier receive of the same message. That receive may
   * have been cut short before it counted. So a message that is delivered again after its success counts again.
   */
  ordersProcessed: 'OrdersProcessed',
  /** process-orders: messages whose order another message had brought before. */
  duplicateOrders: 'DuplicateOrders',
  /** process-orders: receives of orders that will never be good; each order is received `maxReceiveCount` times. */
  badOrders: 'BadOrders',
  /** process-orders: orders whose processing failed for a passing reason, or behind a failure in their FIFO group. */
  ordersNotProcessed: 'OrdersNotProcessed',
  /**
   * failed-orders: failures new in the ledger, of any kind: one a message, however often the message is delivered. A
   * failure is not counted when the function ends between write and count; the function's errors show that. A failure
   * that is written down, but not in its order's row, counts here and in `failuresNotRecorded`.
   */
  failuresRecorded: 'FailuresRecorded',
  /** failed-orders: failures that could not be written down; they come back. */
  failuresNotRecorded: 'FailuresNotRecorded',
  /** Both consumers, with `-c events=true`: messages whose event could not be published; they come back. */
  eventsNotPublished: 'EventsNotPublished',
  /** notify-customers: mails that SES took. */
  mailsSent: 'MailsSent',
  /** notify-customers: mails that SES was asked for again, because nobody knows what became of the try before. */
  mailsAskedAgain: 'MailsAskedAgain',
  /** notify-customers: mails that SES refused for ever. Each is written down, with its reason. */
  mailsRefused: 'MailsRefused',
  /** notify-customers: notifications that come back, because a mail was not sent for a passing reason. */
  mailsNotSent: 'MailsNotSent',
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
  [failureKinds.refused]: 'FailuresRefused',
} as const satisfies Readonly<Record<FailureKind, string>>;

/** What the functions of doors count beside that. */
export const doorMetricNames = {
  /** accept-orders: orders, or whole requests, that it did not take for a reason of their own. */
  ordersRefused: 'OrdersRefused',
} as const;

export type MetricName =
  | (typeof doorMetricNames)[keyof typeof doorMetricNames]
  | (typeof metricNames)[keyof typeof metricNames]
  | (typeof failureMetricNames)[keyof typeof failureMetricNames];

export type MetricCounts = Partial<Readonly<Record<MetricName, number>>>;

/** An error as log data. */
interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** Characters of a text of an error in a log line: a text may hold a whole answer of a server. */
const mostErrorCharacters = 8_000;

/**
 * By hand, because JSON.stringify makes `{}` of an Error. Of what is thrown and is no Error, the type is the name. The
 * message has the cause, without which nobody knows what failed: `fetch failed (Error: connect ECONNREFUSED)`. Never
 * throws, whatever was thrown: one record's error must not fail the batch.
 */
export function describeError(error: unknown): ErrorDescription {
  try {
    if (!(error instanceof Error)) return { name: typeof error, message: shortText(error) };
    const { name, message, stack } = error;
    return {
      name: shortText(name),
      message: shortText(`${shortText(message)}${causeText(error)}`),
      ...(stack !== undefined && { stack: shortText(stack) }),
    };
  } catch {
    return { name: typeof error, message: 'cannot be read' };
  }
}

/** Node's error for a host with several addresses has a code and no message. Empty without a cause that can be read. */
function causeText(error: Error): string {
  try {
    const { cause } = error;
    if (!(cause instanceof Error)) return '';
    const { code } = cause as { readonly code?: unknown };
    return ` (${cause.message === '' && typeof code === 'string' ? `${cause.name}: ${code}` : String(cause)})`;
  } catch {
    return '';
  }
}

function shortText(value: unknown): string {
  return String(value).slice(0, mostErrorCharacters);
}
