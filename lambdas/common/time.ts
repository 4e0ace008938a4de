/** What the functions use of the context that Lambda hands them. */
export interface InvocationContext {
  /** Milliseconds until the function's timeout. */
  getRemainingTimeInMillis(): number;
}

/** How the time of an invocation is shared out. */
interface TimeBudget {
  /** For the work of each order. */
  readonly workMs: number;
  /** For the batch itself: the work, and a request to the table about how the work ended. */
  readonly processingMs: number;
  /** For publishing events, after the processing; 0 without events. */
  readonly publishingMs: number;
  /** For saying when its failures come back. */
  readonly reportingMs: number;
}

/**
 * Keeps time to report failures when processing has to be cut short: a timeout would fail the whole batch. With events
 * it keeps time for them, too: two tries of a request, where the function has ten seconds (sns-events.ts).
 */
export function timeBudget(context: InvocationContext, hasEvents = false): TimeBudget {
  // Never below zero, whatever the clocks say: Node takes no negative time for a timer, and warns of it in the log.
  const remainingMs = Math.max(0, context.getRemainingTimeInMillis());
  const reservedMs = Math.min(2_000, remainingMs / 4);
  const publishingMs = hasEvents ? Math.floor(reservedMs) : 0;
  const processingMs = Math.floor(remainingMs - reservedMs - publishingMs);
  const reportingMs = Math.floor(reservedMs / 2);
  return { workMs: Math.floor(processingMs - reservedMs / 2), processingMs, publishingMs, reportingMs };
}

/** Time that is kept when sending stops: for the requests in flight, and its last fifth for the report. */
const sendingReserve = { maximumMs: 5_000, share: 0.25 } as const;

/** How the time of an invocation that sends orders is shared out. */
export function sendingBudget(context: InvocationContext): {
  /** With less time than this, nothing more is sent. */
  readonly reservedMs: number;
  /** From now: then not even an answer can be waited for any longer. */
  readonly deadlineMs: number;
} {
  const remainingMs = Math.max(0, context.getRemainingTimeInMillis());
  const reservedMs = Math.min(sendingReserve.maximumMs, remainingMs * sendingReserve.share);
  return { reservedMs, deadlineMs: Math.floor(remainingMs - reservedMs / 5) };
}

/** The end of the time that something may take: its signal aborts then, unless the deadline is disposed of before. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Ends with its batch. The signal of `AbortSignal.timeout` lives until its time has come, and so does all that listens
 * to it: the orders of a batch would stay in memory for seconds.
 */
export function startDeadline(milliseconds: number): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), milliseconds);
  return { signal: controller.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}
