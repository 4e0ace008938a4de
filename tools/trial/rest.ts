import { type EventStream, systemClock, type TurnedClock } from 'local-aws';

const tickMs = 2;
/** A wait is skipped after so many quiet ticks. A single one may fall between two steps. */
const quietTicks = 2;
/** Longer than any wait of the pipeline, and shorter than queues keep messages: nothing may expire in a run. */
const longestSkipMs = 4 * 3_600_000;

/**
 * Lets a clock skip the waits in which nothing else happens: visibility timeouts, functions that stand still, a table
 * that is down. Dispose of it, and time passes as usual.
 *
 * @param onSkip is called after each wait that was skipped
 */
export function driveClock(clock: TurnedClock, isIdle: () => boolean, onSkip: () => void = () => {}): Disposable {
  let quiet = 0;
  const tick = () => {
    quiet = isIdle() ? quiet + 1 : 0;
    if (quiet >= quietTicks && clock.skip(longestSkipMs)) onSkip();
    cancel = systemClock.after(tickMs, tick);
  };
  let cancel = systemClock.after(tickMs, tick);
  return { [Symbol.dispose]: () => cancel() };
}

/** Far more waits than any run needs, which is about 100. A message that goes round for ever soon needs more. */
const mostSkips = 5_000;
/** Something happens every few milliseconds, and on a crowded machine every few seconds. */
const longestSilenceMs = 120_000;

/**
 * Notices that a run does not come to rest: it skips waits without end, or hangs, so that no event comes. Neither
 * depends on how long a run takes, because a slow machine takes long for any.
 */
export class Unrest implements Disposable {
  /** Resolves when there is no hope for rest any more. */
  readonly hopeless: Promise<void>;
  readonly #giveUp: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #skips = 0;
  #lastEventAtMs = performance.now();
  #why: string | undefined;

  constructor(events: EventStream) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.hopeless = promise;
    this.#giveUp = resolve;
    this.#unsubscribe = events.subscribe(() => (this.#lastEventAtMs = performance.now()));
    this.#timer = setInterval(() => {
      const silenceMs = performance.now() - this.#lastEventAtMs;
      if (silenceMs > longestSilenceMs) this.#conclude(`Nothing has happened for ${longestSilenceMs / 1000} s.`);
    }, longestSilenceMs / 10);
  }

  /** Undefined while there is hope. */
  get why(): string | undefined {
    return this.#why;
  }

  /** To be called when a wait was skipped. */
  skipped(): void {
    this.#skips += 1;
    if (this.#skips > mostSkips) this.#conclude(`Not after ${mostSkips.toLocaleString('en')} waits.`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
  }

  #conclude(why: string): void {
    this.#why ??= why;
    this.#giveUp();
  }
}
