import type { Clock } from '../../clock.ts';
import { type CronExpression, nextCronMs, parseCron } from './cron.ts';

/** When a rule is due. */
export type Schedule =
  { readonly kind: 'rate'; readonly everyMs: number } | { readonly kind: 'cron'; readonly cron: CronExpression };

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * Reads `rate(5 minutes)` or `cron(0 10 * * ? *)`. A rate of 1 has its unit in the singular, any other in the plural
 * (EventBridge User Guide, "Rate expressions reference").
 *
 * @returns undefined for what AWS refuses
 */
export function parseSchedule(expression: string): Schedule | undefined {
  const [, count, unit, plural] = /^rate\((\d{1,9}) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  if (count !== undefined) {
    const value = Number(count);
    if (value === 0 || (value === 1) === (plural === 's')) return undefined;
    return { kind: 'rate', everyMs: value * unitMs[unit as keyof typeof unitMs] };
  }
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1];
  const cron = fields === undefined ? undefined : parseCron(fields);
  return cron && { kind: 'cron', cron };
}

/** When the schedule is due after `afterMs`, in epoch milliseconds; undefined for never. */
export function nextDueMs(schedule: Schedule, afterMs: number): number | undefined {
  return schedule.kind === 'rate' ? afterMs + schedule.everyMs : nextCronMs(schedule.cron, afterMs);
}

/** Timers can fire early: a timer of this machine runs for 24.8 days at most. */
const longestWaitMs = 86_400_000;

/** Calls `fire` whenever the schedule is due, with the moment. A rate counts from the start. */
export class RunningSchedule {
  readonly #schedule: Schedule;
  readonly #clock: Clock;
  readonly #fire: (atMs: number) => void;
  #dueMs: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(schedule: Schedule, clock: Clock, fire: (atMs: number) => void) {
    this.#schedule = schedule;
    this.#clock = clock;
    this.#fire = fire;
    this.#dueMs = nextDueMs(schedule, clock.now());
    this.#wait();
  }

  close(): void {
    this.#cancel?.();
    this.#dueMs = undefined;
  }

  #wait(): void {
    if (this.#dueMs === undefined) return;
    const delayMs = Math.min(Math.max(0, this.#dueMs - this.#clock.now()), longestWaitMs);
    this.#cancel = this.#clock.after(delayMs, () => this.#wake());
  }

  #wake(): void {
    const dueMs = this.#dueMs;
    if (dueMs === undefined) return;
    if (dueMs <= this.#clock.now()) {
      // After a sleep of the machine it is due once, as what was missed is over.
      this.#dueMs = nextDueMs(this.#schedule, Math.max(dueMs, this.#missedUntilMs(dueMs)));
      this.#fire(dueMs);
    }
    this.#wait();
  }

  #missedUntilMs(dueMs: number): number {
    if (this.#schedule.kind === 'cron') return this.#clock.now();
    const { everyMs } = this.#schedule;
    return dueMs + Math.floor((this.#clock.now() - dueMs) / everyMs) * everyMs;
  }
}
