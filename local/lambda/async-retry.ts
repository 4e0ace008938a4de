/** How an attempt at an asynchronous invocation ended. */
export interface AsyncAttempt {
  readonly ending: 'success' | 'function-error' | 'throttled';
  /** Attempts that ended with this one's ending, this one included. */
  readonly count: number;
  readonly eventAgeMs: number;
}

const secondMs = 1000;
const retryDelaysMs = [60 * secondMs, 120 * secondMs];
const longestThrottleDelayMs = 300 * secondMs;
const maximumEventAgeMs = 6 * 3600 * secondMs;

/**
 * When Lambda tries an asynchronous event again, or undefined for never. Function errors: twice, after one and two
 * minutes. Throttles: with a delay that doubles from 1 s to 5 min, until the event is 6 hours old. Source: Lambda
 * Developer Guide, "Error handling for asynchronous invocation".
 */
export function retryDelayMs(attempt: AsyncAttempt): number | undefined {
  switch (attempt.ending) {
    case 'success':
      return undefined;
    case 'function-error':
      return retryDelaysMs[attempt.count - 1];
    case 'throttled': {
      const delayMs = Math.min(secondMs * 2 ** (attempt.count - 1), longestThrottleDelayMs);
      return attempt.eventAgeMs + delayMs > maximumEventAgeMs ? undefined : delayMs;
    }
  }
}
