/**
 * How long a received message should stay hidden. AWS advises six function timeouts plus the window (Lambda Developer
 * Guide, "Configuring SQS event source"): room to retry a throttled batch before its messages come back.
 */
export function advisedVisibilitySeconds(timeoutSeconds: number, windowSeconds = 0): number {
  return 6 * timeoutSeconds + windowSeconds;
}
