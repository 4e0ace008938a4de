export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

export interface TimeBudget {
  readonly processingMs: number;
  readonly reportingMs: number;
}

/** Keeps time to report failures when processing has to be cut short: a timeout would fail the whole batch. */
export function timeBudget(context: InvocationContext): TimeBudget {
  // Never below zero, whatever the clocks say: no signal can abort in the past.
  const remainingMs = Math.max(0, context.getRemainingTimeInMillis());
  const reservedMs = Math.min(2_000, remainingMs / 4);
  return { processingMs: Math.floor(remainingMs - reservedMs), reportingMs: Math.floor(reservedMs / 2) };
}
