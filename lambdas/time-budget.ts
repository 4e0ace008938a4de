/** What the functions use of the context that Lambda hands them. */
export interface InvocationContext {
  /** Milliseconds until the function's timeout. */
  getRemainingTimeInMillis(): number;
}

/** How the time of an invocation is shared out. */
export interface TimeBudget {
  /** For the batch itself. */
  readonly processingMs: number;
  /** For saying when its failures come back. */
  readonly reportingMs: number;
}

/** Keeps time to report failures when processing has to be cut short: a timeout would fail the whole batch. */
export function timeBudget(context: InvocationContext): TimeBudget {
  // Never below zero, whatever the clocks say: Node takes no negative time for a timer, and warns of it in the log.
  const remainingMs = Math.max(0, context.getRemainingTimeInMillis());
  const reservedMs = Math.min(2_000, remainingMs / 4);
  return { processingMs: Math.floor(remainingMs - reservedMs), reportingMs: Math.floor(reservedMs / 2) };
}
