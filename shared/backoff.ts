/** How long tries wait for each other, in a unit that its user chooses. */
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
  return random() * longestWait(attempt, backoff);
}

/** The same with equal jitter, never less than half of the longest wait: where tries are few and none may be wasted. */
export function equalJitter(attempt: number, backoff: Backoff, random: () => number): number {
  return ((1 + random()) / 2) * longestWait(attempt, backoff);
}

function longestWait(attempt: number, { base, cap }: Backoff): number {
  return Math.min(cap, base * 2 ** (attempt - 1));
}
