import type { Clock } from 'local-aws';
import type { Tally } from './tally.ts';

/** Where progress is shown: a line rewritten in place on a terminal, a line now and then in a pipe or a file. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const terminalIntervalMs = 200;
/** Lines of a pipe stay: a run of an hour must not leave thousands. */
const pipeIntervalMs = { atFirst: 1_000, later: 5_000 };
const laterAfterMs = 10_000;
const clearLine = '\r\u001B[K';

/**
 * Says how a run is going, on stderr, so that stdout stays the result. Lines printed meanwhile go through `print`,
 * which keeps the two apart on a terminal.
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

export function booksSoFar({ sent, processed, failed, inFlight }: Tally): string {
  return `sent ${sent}, processed ${processed}, failed ${failed}, in flight ${inFlight}`;
}
