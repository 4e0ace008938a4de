import { UsageError } from './errors.ts';

/** The only source of time of the commands, so that a test can turn a clock instead of waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `callback` once, `delayMs` (>= 0) from now. Returns a function that cancels the call. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The machine's clock. A wait is at most 24.8 days: Node's timers count no further. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or at once when `signal` aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const cancel = clock.after(delayMs, wake);
  signal?.addEventListener('abort', wake, { once: true });
  return promise.finally(() => {
    cancel();
    signal?.removeEventListener('abort', wake);
  });
}

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * A moment as people give it: a time ago (`90s`, `10m`, `2h`, `3d`, `1w`), a day (`2026-11-20`, midnight UTC), or a
 * time (`2026-11-20T12:00Z`). A time without a zone is UTC, as all times that the commands show.
 * @returns milliseconds since the epoch
 * @throws {UsageError} also for `--since` a moment that has not come yet
 */
export function parseMoment(name: string, text: string, nowMs: number): number {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * unitsMs[unit as keyof typeof unitsMs];
  const isUtc = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text);
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(isUtc ? `${text}Z` : text) : Number.NaN;
  if (name === '--since' && atMs > nowMs) {
    throw new UsageError(`${name} ${text} is in the future: it is ${shownTime(isoTime(nowMs))} UTC now.`);
  }
  if (!Number.isNaN(atMs)) return atMs;
  throw new UsageError(`${name} takes a time such as 10m, 2h, 3d, 2026-11-20 or 2026-11-20T12:00Z, not "${text}".`);
}

/**
 * A length of time as people give it: `90s`, `10m`, `2h`.
 * @returns milliseconds
 * @throws {UsageError}
 */
export function parseDuration(name: string, text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * unitsMs[unit as keyof typeof unitsMs];
  throw new UsageError(`${name} takes a length of time such as 90s, 10m or 2h, not "${text}".`);
}

/** ISO 8601 with milliseconds, UTC. The ledger keeps times like this, so that texts sort by time. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** A time as tables show it: `2026-11-20 12:00:01`. It is UTC, which the table or the sentence has to say. */
export function shownTime(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}
