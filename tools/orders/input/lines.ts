/** The lines of a text, one after the other, with a look at the next one. */
export class Lines implements AsyncDisposable {
  readonly #source: AsyncIterator<string>;
  readonly #ahead: string[] = [];
  #number = 0;

  constructor(source: AsyncIterable<string>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The number of the line that `next` answered last, from 1. */
  get number(): number {
    return this.#number;
  }

  /** The next line; undefined at the end. */
  async next(): Promise<string | undefined> {
    const line = this.#ahead.length > 0 ? this.#ahead.shift() : await this.#read();
    if (line !== undefined) this.#number += 1;
    return line;
  }

  /** The next line that is not blank; undefined when there is none. `next` answers the line all the same. */
  async peek(): Promise<string | undefined> {
    const known = this.#ahead.find((line) => !isBlank(line));
    if (known !== undefined) return known;
    for (;;) {
      const line = await this.#read();
      if (line === undefined) return undefined;
      // Blank lines may be long, and there may be many.
      this.#ahead.push(isBlank(line) ? '' : line);
      if (!isBlank(line)) return line;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.return?.();
  }

  async #read(): Promise<string | undefined> {
    const next = await this.#source.next();
    return next.done === true ? undefined : next.value;
  }
}

export function isBlank(line: string): boolean {
  return line.trim() === '';
}
