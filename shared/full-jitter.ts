export interface Backoff {
  /** The longest wait before the second try. */
  readonly base: number;
  /** The longest wait before any try. */
  readonly cap: number;
}

/**
 * Exponential backoff with full jitter: anything from 0 to `base` × 2^(attempt − 1), capped, in the unit of `base`.
 * Full jitter, because clients that failed together and wait equally long come back together.
 *
 * @param attempt how many tries there were, from 1
 * @param random answers numbers in [0, 1)
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitter(attempt: number, backoff: Backoff, random: () => number): number {
  return random() * Math.min(backoff.cap, backoff.base * 2 ** (attempt - 1));
}
