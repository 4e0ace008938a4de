/**
 * Lets many through at the same time, or one alone. Who wants to be alone waits for those inside, and those who come
 * later wait for it.
 */
export class Gate {
  #inside = 0;
  #alone: Promise<void> | undefined;
  #whenEmpty: (() => void) | undefined;

  /** Runs beside others. */
  async shared<Result>(run: () => Promise<Result>): Promise<Result> {
    while (this.#alone !== undefined) await this.#alone;
    this.#inside += 1;
    try {
      return await run();
    } finally {
      this.#inside -= 1;
      if (this.#inside === 0) this.#whenEmpty?.();
    }
  }

  /** Runs alone, one after the other in the order of the calls. */
  async alone<Result>(run: () => Promise<Result>): Promise<Result> {
    const before = this.#alone;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#alone = promise;
    await before;
    if (this.#inside > 0) {
      await new Promise<void>((empty) => {
        this.#whenEmpty = empty;
      });
      this.#whenEmpty = undefined;
    }
    try {
      return await run();
    } finally {
      if (this.#alone === promise) this.#alone = undefined;
      resolve();
    }
  }
}
