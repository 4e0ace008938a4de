import type { OrdersContext } from '../context.ts';
import { isMoving, type ReadStatus, type StatusReport } from '../status-report.ts';
import { counted, duration, number, percent, withProgress } from '../terminal/progress.ts';
import { isoTime, shownTime, sleep } from '../time.ts';

/** What `status --wait` waits for, and how long. */
export interface WaitRules {
  /** Between two readings. */
  readonly pollMs: number;
  /** Readings in a row in which nothing is in flight. */
  readonly quietReadings: number;
  /** And the time from the first to the last of them. */
  readonly quietMs: number;
  /** How many orders were sent, if the person knows. */
  readonly sent: number | undefined;
  /** How long to wait, since nothing is in flight, for orders of `sent` that are nowhere. */
  readonly missingMs: number;
  /** The most time for all of it. */
  readonly timeoutMs: number;
}

/**
 * On this machine the counts of the queues are exact. On AWS they "may not achieve consistency until at least 1 minute
 * after the producers stop sending messages" (SQS API reference, GetQueueAttributes).
 */
const rulesOf = {
  local: { pollMs: 300, quietReadings: 3, quietMs: 0, missingMs: 0 },
  aws: { pollMs: 2_000, quietReadings: 3, quietMs: 60_000, missingMs: 5 * 60_000 },
} as const;

/** @param timeoutMs undefined: as long as something is in flight, and then as long as `missingMs` says */
export function waitRules(where: 'local' | 'aws', sent: number | undefined, timeoutMs: number | undefined): WaitRules {
  const rules = { ...rulesOf[where], sent };
  if (timeoutMs === undefined) return { ...rules, timeoutMs: Infinity };
  return { ...rules, missingMs: timeoutMs, timeoutMs };
}

/**
 * How a wait stands. `quiet`: nothing is in flight, but not for long enough. `missing`: it is quiet, and fewer orders
 * are accounted for than were sent. `settled`: nothing comes any more. `late`: the time is up before.
 */
export type WaitState = 'moving' | 'quiet' | 'missing' | 'settled' | 'late';

/** Decides from reading to reading whether to wait on. */
export class Waiting {
  readonly #rules: WaitRules;
  readonly #startedAtMs: number;
  #quietSinceMs = 0;
  #quietReadings = 0;

  constructor(rules: WaitRules, nowMs: number) {
    this.#rules = rules;
    this.#startedAtMs = nowMs;
  }

  /** When there is nothing more to wait for, if nothing changes (epoch milliseconds). */
  get quietUntilMs(): number {
    return this.#quietSinceMs + this.#rules.quietMs;
  }

  /** Until when missing orders are waited for (epoch milliseconds). */
  get missingUntilMs(): number {
    return Math.min(this.quietUntilMs + this.#rules.missingMs, this.#startedAtMs + this.#rules.timeoutMs);
  }

  next(report: StatusReport, nowMs: number): WaitState {
    const { quietReadings, quietMs, sent = 0, timeoutMs } = this.#rules;
    if (isMoving(report)) this.#quietReadings = 0;
    else if ((this.#quietReadings += 1) === 1) this.#quietSinceMs = nowMs;
    const isQuiet = this.#quietReadings >= quietReadings && nowMs - this.#quietSinceMs >= quietMs;
    const isMissing = report.books.accountedFor < sent;
    if (isQuiet && (!isMissing || nowMs >= this.missingUntilMs)) return 'settled';
    if (nowMs - this.#startedAtMs >= timeoutMs) return 'late';
    if (isQuiet) return 'missing';
    return this.#quietReadings === 0 ? 'moving' : 'quiet';
  }
}

/** What a wait came to. */
export interface Waited {
  readonly report: StatusReport;
  /** False when the time was up, or somebody interrupted. */
  readonly isSettled: boolean;
}

/** Reads until nothing moves. After Ctrl-C it answers what it has. */
export async function waitUntilSettled(
  { io }: Pick<OrdersContext, 'io'>,
  read: ReadStatus,
  rules: WaitRules,
): Promise<Waited> {
  const waiting = new Waiting(rules, io.clock.now());
  let report = await read();
  let state = waiting.next(report, io.clock.now());
  return withProgress(
    io,
    () => waitText(state, report, rules.sent, waiting),
    async () => {
      while (state !== 'settled' && state !== 'late') {
        await sleep(io.clock, rules.pollMs, io.signal);
        if (io.signal.aborted) return { report, isSettled: false };
        report = await read();
        state = waiting.next(report, io.clock.now());
      }
      // The counts of the table may be of a former reading.
      return { report: await read({ fresh: true }), isSettled: state === 'settled' };
    },
  );
}

/** What the wait is for, in one line. */
function waitText(state: WaitState, report: StatusReport, sent: number | undefined, waiting: Waiting): string {
  const { processed, failed, inFlight, accountedFor } = report.books;
  switch (state) {
    case 'missing':
      return `${counted((sent ?? 0) - accountedFor, 'order')} nowhere yet, waiting until ${timeOf(waiting.missingUntilMs)}`;
    case 'quiet':
      return `nothing in flight; SQS counts late, so waiting until ${timeOf(waiting.quietUntilMs)}`;
    default: {
      const ended = processed + failed;
      const share = sent === undefined || sent === 0 ? [] : [`${percent(ended, sent)} of ${number(sent)} done`];
      return [...share, `${number(inFlight)} in flight`, ...hiddenTexts(report)].join(', ');
    }
  }
}

function hiddenTexts({ at, queues }: StatusReport): string[] {
  const hidden = queues.orders.notVisible + queues['bad-orders'].notVisible;
  if (hidden === 0) return [];
  const next = [queues.orders.nextTryAt, queues['bad-orders'].nextTryAt].filter((time) => time !== null).toSorted()[0];
  if (next === undefined) return [`${number(hidden)} hidden`];
  return [`${number(hidden)} hidden, the next back in ${duration((Date.parse(next) - Date.parse(at)) / 1000)}`];
}

/** `14:06:30 UTC` */
function timeOf(atMs: number): string {
  return `${shownTime(isoTime(atMs)).slice(11)} UTC`;
}

/** Why a wait ended before everything had settled. */
export function lateText({ books, ...report }: StatusReport): string {
  if (isMoving({ books, ...report })) return `The time is up, and ${counted(books.inFlight, 'message')} in flight.`;
  return 'The time is up. Nothing is in flight, but not for long enough to be sure.';
}
