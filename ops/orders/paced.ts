import type { Clock } from 'local-aws';

/** A reading and when it was taken (epoch milliseconds). */
export interface Reading<Value> {
  readonly value: Value;
  readonly atMs: number;
}

/** At most this share of the time goes into a reading. */
const share = 0.1;

/**
 * A reading for something that refreshes: taken again only when ten times as long has passed as it took, so that
 * watching a large table does not mean reading it without end. `fresh` insists.
 * @param atLeastMs the shortest time between two readings: what is paid by the request needs one
 */
export function paced<Value>(
  clock: Clock,
  read: () => Promise<Value>,
  atLeastMs = 0,
): (options?: { readonly fresh: boolean }) => Promise<Reading<Value>> {
  let last: Reading<Value> | undefined;
  let nextAtMs = 0;
  return async ({ fresh } = { fresh: false }) => {
    if (last !== undefined && !fresh && clock.now() < nextAtMs) return last;
    const startedAtMs = clock.now();
    const value = await read();
    const atMs = clock.now();
    nextAtMs = atMs + Math.max(atLeastMs, (atMs - startedAtMs) / share);
    last = { value, atMs };
    return last;
  };
}
