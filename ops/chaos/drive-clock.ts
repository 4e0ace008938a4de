import { systemClock, type TurnedClock } from 'local-aws';

const tickMs = 2;
/** Of quiet ticks before a wait is skipped: what is between two steps must not be taken for a wait. */
const quietTicks = 2;
/** Longer than any wait of the pipeline, and shorter than queues keep messages: no run may last until they expire. */
const longestSkipMs = 4 * 3_600_000;

/**
 * Lets a clock skip the waits in which nothing else happens: visibility timeouts, functions that stand still, a table
 * that is down. Dispose of it to let time pass as it does.
 */
export function driveClock(clock: TurnedClock, isIdle: () => boolean): Disposable {
  let quiet = 0;
  const tick = () => {
    quiet = isIdle() ? quiet + 1 : 0;
    if (quiet >= quietTicks) clock.skip(longestSkipMs);
    cancel = systemClock.after(tickMs, tick);
  };
  let cancel = systemClock.after(tickMs, tick);
  return { [Symbol.dispose]: () => cancel() };
}
