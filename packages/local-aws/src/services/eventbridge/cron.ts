/**
 * AWS's cron expressions: six fields, in UTC. Minutes, hours, day of the month, month, day of the week (1 is Sunday),
 * year. Source: EventBridge User Guide, "Cron expressions reference".
 */
export interface CronExpression {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  /** Whether the day of a month is meant; months count from 1. */
  readonly isDay: (year: number, month: number, day: number) => boolean;
}

interface Field {
  readonly first: number;
  readonly last: number;
  /** Names of the values from `first` on. */
  readonly names?: readonly string[];
}

const minute: Field = { first: 0, last: 59 };
const hour: Field = { first: 0, last: 23 };
const dayOfMonth: Field = { first: 1, last: 31 };
const month: Field = { first: 1, last: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ') };
const dayOfWeek: Field = { first: 1, last: 7, names: 'SUN MON TUE WED THU FRI SAT'.split(' ') };
const year: Field = { first: 1970, last: 2199 };

/** Reads what stands between the brackets of `cron(…)`. Undefined for what AWS refuses. */
export function parseCron(text: string): CronExpression | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) return undefined;
  const [minuteText = '', hourText = '', dayText = '', monthText = '', weekdayText = '', yearText = ''] = fields;
  // One of the two fields of days must be `?`, and only one.
  if ((dayText === '?') === (weekdayText === '?')) return undefined;
  const minutes = valuesOf(minuteText, minute);
  const hours = valuesOf(hourText, hour);
  const months = valuesOf(monthText, month);
  const years = valuesOf(yearText, year);
  const isDay = weekdayText === '?' ? dayOfMonthRule(dayText) : dayOfWeekRule(weekdayText);
  if (!minutes || !hours || !months || !years || !isDay) return undefined;
  return { minutes, hours, months, years, isDay };
}

/** A list of values, ranges and increments: `*`, `5`, `1-5`, `0/15`, `MON-FRI`. */
function valuesOf(text: string, field: Field): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [start = '', end, ...others] = range.split('-');
    const first = start === '*' ? field.first : numberOf(start, field);
    const openEnd = start === '*' || step !== undefined ? field.last : first;
    const last = end === undefined ? openEnd : numberOf(end, field);
    const increment = step === undefined ? 1 : Number(step);
    if (first === undefined || last === undefined || increment < 1 || others.length > 0) return undefined;
    if (last < first || (start === '*' && end !== undefined)) return undefined;
    for (let value = first; value <= last; value += increment) values.add(value);
  }
  return values;
}

function numberOf(text: string, { first, last, names = [] }: Field): number | undefined {
  const index = names.indexOf(text.toUpperCase());
  if (index >= 0) return first + index;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= first && value <= last ? value : undefined;
}

type DayRule = CronExpression['isDay'];

/** `L` is the last day of the month, `3W` the weekday that is nearest to the third, `LW` the last weekday. */
function dayOfMonthRule(text: string): DayRule | undefined {
  if (text === 'L') return (inYear, inMonth, day) => day === daysIn(inYear, inMonth);
  if (text === 'LW') return (inYear, inMonth, day) => day === weekdayNearest(inYear, inMonth, daysIn(inYear, inMonth));
  const near = /^(\d+)W$/.exec(text)?.[1];
  if (near !== undefined) {
    const wanted = numberOf(near, dayOfMonth);
    if (wanted === undefined) return undefined;
    return (inYear, inMonth, day) =>
      wanted <= daysIn(inYear, inMonth) && day === weekdayNearest(inYear, inMonth, wanted);
  }
  const days = valuesOf(text, dayOfMonth);
  return days && ((_year, _month, day) => days.has(day));
}

/** `L` is Saturday, `6L` the last Friday of the month, `3#2` its second Tuesday. */
function dayOfWeekRule(text: string): DayRule | undefined {
  if (text === 'L') return (inYear, inMonth, day) => weekdayOf(inYear, inMonth, day) === dayOfWeek.last;
  const last = /^(\w+)L$/.exec(text)?.[1];
  if (last !== undefined) {
    const wanted = numberOf(last, dayOfWeek);
    if (wanted === undefined) return undefined;
    return (inYear, inMonth, day) => weekdayOf(inYear, inMonth, day) === wanted && day + 7 > daysIn(inYear, inMonth);
  }
  const [, name, count] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  if (name !== undefined) {
    const wanted = numberOf(name, dayOfWeek);
    if (wanted === undefined) return undefined;
    return (inYear, inMonth, day) => weekdayOf(inYear, inMonth, day) === wanted && Math.ceil(day / 7) === Number(count);
  }
  const days = valuesOf(text, dayOfWeek);
  return days && ((inYear, inMonth, day) => days.has(weekdayOf(inYear, inMonth, day)));
}

/** 1 is Sunday. */
function weekdayOf(inYear: number, inMonth: number, day: number): number {
  return new Date(Date.UTC(inYear, inMonth - 1, day)).getUTCDay() + 1;
}

function daysIn(inYear: number, inMonth: number): number {
  return new Date(Date.UTC(inYear, inMonth, 0)).getUTCDate();
}

/** The nearest day from Monday to Friday in the same month. */
function weekdayNearest(inYear: number, inMonth: number, day: number): number {
  const weekday = weekdayOf(inYear, inMonth, day);
  if (weekday === 7) return day === 1 ? day + 2 : day - 1;
  if (weekday === 1) return day === daysIn(inYear, inMonth) ? day - 2 : day + 1;
  return day;
}

/** The first moment after `afterMs` (epoch milliseconds) that the expression means; undefined when there is none. */
export function nextCronMs(cron: CronExpression, afterMs: number): number | undefined {
  const start = new Date(Math.floor(afterMs / 60_000) * 60_000 + 60_000);
  const startDayMs = Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate());
  const lastYear = Math.max(...cron.years);
  for (let dayMs = startDayMs; ; dayMs += 86_400_000) {
    const date = new Date(dayMs);
    const [inYear, inMonth, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    if (inYear > lastYear) return undefined;
    if (!cron.years.has(inYear) || !cron.months.has(inMonth) || !cron.isDay(inYear, inMonth, day)) continue;
    const times = [...cron.hours].flatMap((atHour) =>
      [...cron.minutes].map((atMinute) => dayMs + (atHour * 60 + atMinute) * 60_000),
    );
    const due = times.filter((atMs) => atMs >= start.getTime()).toSorted((a, b) => a - b)[0];
    if (due !== undefined) return due;
  }
}
