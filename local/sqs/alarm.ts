import type { Clock } from '../clock.ts';

/** One timer for the earliest of many moments: it may ring too early, when that moment has gone, but never too late. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #isClosed = false;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Makes sure it rings at `atMs` at the latest; undefined: nothing to ring for. */
  setFor(atMs: number | undefined): void {
    if (this.#isClosed || atMs === undefined || (this.#set !== undefined && this.#set.atMs <= atMs)) return;
    this.#set?.cancel();
    const cancel = this.#clock.after(Math.max(0, atMs - this.#clock.now()), () => {
      this.#set = undefined;
      this.#ring();
    });
    this.#set = { atMs, cancel };
  }

  /** Ends it: it never rings again. */
  close(): void {
    this.#set?.cancel();
    this.#set = undefined;
    this.#isClosed = true;
  }
}
