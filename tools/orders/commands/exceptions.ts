/** Something that a command left undone, and why. */
export interface Exception {
  readonly id: string;
  /** What a person knows it by. */
  readonly label: string;
  /** Goes on after the label: `is replayed already`. */
  readonly reason: string;
}

/** The first of them are named, all are counted: there may be hundreds of thousands. */
const named = { inText: 20, inJson: 1_000 } as const;

/** What a command left undone. */
export class Exceptions {
  readonly #first: Exception[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(exception: Exception): void {
    this.#count += 1;
    if (this.#first.length < named.inJson) this.#first.push(exception);
  }

  /** Members of a JSON document: the number, and the first of them by name. */
  json(name: string): Readonly<Record<string, unknown>> {
    return { [name]: this.#count, [`${name}Because`]: this.#first };
  }

  /** @param what happened to them: "left out" */
  lines(what: string): string[] {
    const lines = this.#first.slice(0, named.inText).map(({ label, reason }) => `${what}: ${label} ${reason}`);
    return this.#count > lines.length ? [...lines, `… and ${this.#count - lines.length} more ${what}`] : lines;
  }
}
