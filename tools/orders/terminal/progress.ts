import type { OrdersIo } from '../io.ts';
import type { Clock } from '../time.ts';

/**
 * Where progress is shown. A terminal shows one line, rewritten in place. A pipe or a file gets a line now and then.
 */
interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const terminalIntervalMs = 200;
/** Lines in a pipe stay, so a run of an hour must not leave thousands. */
const pipeIntervalMs = { atFirst: 1_000, later: 5_000 };
const laterAfterMs = 10_000;
const clearLine = '\r\u001B[K';

/**
 * Says how a run is going. Lines that are printed meanwhile go through `print`, which keeps the two apart on a
 * terminal.
 */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #text: () => string | undefined;
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  #cancel = () => {};
  #shown = false;
  #last = '';

  /** @param text what to say now; undefined to say nothing */
  constructor(output: ProgressOutput, clock: Clock, text: () => string | undefined) {
    this.#output = output;
    this.#clock = clock;
    this.#text = text;
    this.#startedAtMs = clock.now();
    this.#wait();
  }

  /** Prints by `write` without the progress line in the way. */
  print(write: () => void): void {
    this.#clear();
    write();
  }

  [Symbol.dispose](): void {
    this.#cancel();
    this.#clear();
  }

  #wait(): void {
    const { atFirst, later } = pipeIntervalMs;
    const pipeMs = this.#elapsedMs() < laterAfterMs ? atFirst : later;
    this.#cancel = this.#clock.after(this.#output.isTTY === true ? terminalIntervalMs : pipeMs, () => {
      this.#show();
      this.#wait();
    });
  }

  #elapsedMs(): number {
    return this.#clock.now() - this.#startedAtMs;
  }

  #show(): void {
    const text = this.#text();
    if (text === undefined) return;
    const line = `${(this.#elapsedMs() / 1000).toFixed(0)} s  ${text}`;
    if (this.#output.isTTY === true) {
      const { columns = 0 } = this.#output;
      // A line that wraps could not be rewritten in place.
      this.#output.write(`${clearLine}${columns > 0 ? line.slice(0, columns - 1) : line}`);
      this.#shown = true;
    } else if (text !== this.#last) {
      this.#output.write(`${line}\n`);
    }
    this.#last = text;
  }

  #clear(): void {
    if (this.#shown) this.#output.write(clearLine);
    this.#shown = false;
  }
}

/** How far something has come. */
interface Advance {
  /** What is done to each: "replayed", "read". */
  readonly verb: string;
  readonly done: number;
  /** Undefined where nobody knows how many there are. */
  readonly total?: number | undefined;
  readonly elapsedMs: number;
}

/** How far a long task is, how fast, and how long it will still take at that rate. */
export function progressText({ verb, done, total, elapsedMs }: Advance): string {
  const perSecond = elapsedMs > 0 ? done / (elapsedMs / 1000) : 0;
  const parts = [
    total === undefined
      ? `${verb} ${number(done)}`
      : `${verb} ${number(done)} of ${number(total)} (${percent(done, total)})`,
  ];
  if (perSecond > 0) {
    parts.push(`${rate(perSecond)}/s`);
    if (total !== undefined && total > done) parts.push(`${duration((total - done) / perSecond)} left`);
  }
  return parts.join(', ');
}

/** A share in whole percent, rounded down: only all of it is `100%`. */
export function percent(done: number, total: number): string {
  return `${total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total))}%`;
}

/** A rate as exact as a person needs: `1,234`, `0.4`. */
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

/** Does a long task, and meanwhile says on stderr how far it is, how fast, and how long it will still take. */
export async function withProgress<Result>(
  { stderr, clock }: OrdersIo,
  advance: () => Omit<Advance, 'elapsedMs'> | string,
  task: () => Promise<Result>,
): Promise<Result> {
  const startedAtMs = clock.now();
  const progress = new Progress(stderr, clock, () => {
    const now = advance();
    return typeof now === 'string' ? now : progressText({ ...now, elapsedMs: clock.now() - startedAtMs });
  });
  try {
    return await task();
  } finally {
    progress[Symbol.dispose]();
  }
}
