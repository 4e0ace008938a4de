/** How far something has come. */
export interface Advance {
  /** What is being done, as it would be said of one: "replayed", "read". */
  readonly verb: string;
  readonly done: number;
  /** Undefined where nobody knows how many there are. */
  readonly total?: number | undefined;
  readonly elapsedMs: number;
}

/** How far a long task is, how fast, and how long it will still take at that rate. */
export function progressText({ verb, done, total, elapsedMs }: Advance): string {
  const perSecond = elapsedMs > 0 ? done / (elapsedMs / 1000) : 0;
  const parts = [total === undefined ? `${verb} ${number(done)}` : `${verb} ${number(done)} of ${number(total)}`];
  if (perSecond > 0) {
    parts.push(`${rate(perSecond)}/s`);
    if (total !== undefined && total > done) parts.push(`${duration((total - done) / perSecond)} left`);
  }
  return parts.join(', ');
}

/** A rate as exact as a person needs it: `1,234`, `0.4`. */
export function rate(perSecond: number): string {
  return number(perSecond >= 10 ? Math.round(perSecond) : Number(perSecond.toFixed(1)));
}

/** A whole number with its thousands apart. */
export function number(value: number): string {
  return value.toLocaleString('en');
}

/** `3 s`, `4 min`, `2 h 5 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.ceil(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `1 failure`, `12 failures`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : plural}`;
}
