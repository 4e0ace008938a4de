import type { Deadline } from '../../lambdas/common/time.ts';

/** A deadline that comes when the signal aborts, by default never. */
export function deadlineOf(signal: AbortSignal = new AbortController().signal): Deadline {
  return { signal, [Symbol.dispose]: () => {} };
}
