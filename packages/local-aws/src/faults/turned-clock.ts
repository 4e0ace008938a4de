import type { Clock } from '../clock.ts';

interface Timer {
  /** By the elapsed time, which no jump changes. */
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * The machine's clock with two additions. `jump` changes what the time is, as a correction of a server's clock does:
 * waits last as long as before. `skip` lets the time pass that would only be waited: to the next wait's end, at once.
 */
export class TurnedClock implements Clock {
  readonly #timers = new Set<Timer>();
  #skippedMs = 0;
  #jumpedMs = 0;
  #alarm: NodeJS.Timeout | undefined;

  now(): number {
    return Math.floor(Date.now() + this.#skippedMs + this.#jumpedMs);
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { dueMs: this.#elapsedMs() + Math.max(delayMs, 0), callback };
    this.#timers.add(timer);
    this.#setAlarm();
    return () => {
      if (this.#timers.delete(timer)) this.#setAlarm();
    };
  }

  /** @param ms negative: back */
  jump(ms: number): void {
    this.#jumpedMs += ms;
  }

  /** Ends the wait that ends next. False when nobody waits, or that wait would be longer than `mostMs`. */
  skip(mostMs = Infinity): boolean {
    const next = this.#next();
    if (next === undefined || next.dueMs - this.#elapsedMs() > mostMs) return false;
    // Rounded up: timers count in whole milliseconds for those who compare with `now`.
    this.#skippedMs += Math.max(0, Math.ceil(next.dueMs - this.#elapsedMs()));
    this.#ring();
    return true;
  }

  #elapsedMs(): number {
    return performance.now() + this.#skippedMs;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.dueMs < next.dueMs) next = timer;
    return next;
  }

  #ring(): void {
    const nowMs = this.#elapsedMs();
    const due = [...this.#timers].filter(({ dueMs }) => dueMs <= nowMs).toSorted((a, b) => a.dueMs - b.dueMs);
    for (const timer of due) if (this.#timers.delete(timer)) timer.callback();
    this.#setAlarm();
  }

  #setAlarm(): void {
    clearTimeout(this.#alarm);
    const next = this.#next();
    if (next === undefined) return;
    const delayMs = Math.ceil(Math.max(0, next.dueMs - this.#elapsedMs()));
    this.#alarm = setTimeout(() => this.#ring(), Math.min(delayMs, 2 ** 31 - 1));
  }
}
