import type { AsyncRetrySettings } from './model.ts';

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
const defaults = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 6 * 3600 };

/**
 * When Lambda tries an asynchronous event again, or undefined for never. Function errors: twice unless the function's
 * settings say less, after one and two minutes. Throttles: with a delay that doubles from 1 s to 5 min. Neither beyond
 * the event's maximum age, 6 hours by default. Source: Lambda Developer Guide, "How Lambda handles errors and retries
 * with asynchronous invocation".
 */
export function retryDelayMs(attempt: AsyncAttempt, settings: AsyncRetrySettings = {}): number | undefined {
  const { maximumRetryAttempts, maximumEventAgeSeconds } = { ...defaults, ...settings };
  const delayMs = delayAfterMs(attempt, maximumRetryAttempts);
  const tooOld = delayMs !== undefined && attempt.eventAgeMs + delayMs > maximumEventAgeSeconds * secondMs;
  return tooOld ? undefined : delayMs;
}

function delayAfterMs({ ending, count }: AsyncAttempt, maximumRetryAttempts: number): number | undefined {
  switch (ending) {
    case 'success':
      return undefined;
    case 'function-error':
      return count > maximumRetryAttempts ? undefined : retryDelaysMs[count - 1];
    case 'throttled':
      return Math.min(secondMs * 2 ** (count - 1), longestThrottleDelayMs);
  }
}
