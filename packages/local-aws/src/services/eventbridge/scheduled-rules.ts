import type { Clock } from '../../clock.ts';
import type { Rule } from './rule.ts';
import { parseSchedule, RunningSchedule } from './schedule.ts';

/** The rules that are due by the clock. A schedule that stays the same goes on when its rule changes otherwise. */
export class ScheduledRules {
  readonly #clock: Clock;
  readonly #fire: (rule: Rule, atMs: number) => void;
  readonly #running = new Map<
    string,
    { readonly expression: string; rule: Rule; readonly schedule: RunningSchedule }
  >();

  constructor(clock: Clock, fire: (rule: Rule, atMs: number) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /** Starts the schedules of rules that are enabled, and ends all others. */
  follow(rules: readonly Rule[]): void {
    const wanted = new Map(
      rules
        .filter((rule) => rule.isEnabled && rule.settings.scheduleExpression !== undefined)
        .map((rule) => [rule.arn, rule]),
    );
    for (const [arn, { expression, schedule }] of this.#running) {
      if (wanted.get(arn)?.settings.scheduleExpression === expression) continue;
      schedule.close();
      this.#running.delete(arn);
    }
    for (const rule of wanted.values()) this.#start(rule);
  }

  close(): void {
    for (const { schedule } of this.#running.values()) schedule.close();
    this.#running.clear();
  }

  #start(rule: Rule): void {
    const known = this.#running.get(rule.arn);
    if (known !== undefined) {
      known.rule = rule;
      return;
    }
    const { scheduleExpression: expression = '' } = rule.settings;
    const schedule = parseSchedule(expression);
    if (schedule === undefined) return;
    const fire = (atMs: number) => {
      const current = this.#running.get(rule.arn)?.rule;
      if (current !== undefined) this.#fire(current, atMs);
    };
    this.#running.set(rule.arn, { expression, rule, schedule: new RunningSchedule(schedule, this.#clock, fire) });
  }
}
