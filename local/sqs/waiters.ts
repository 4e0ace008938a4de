interface Waiter {
  /** Called when there are messages. `informed` ends the wait too, but takes nothing yet. */
  offer(): 'served' | 'informed' | 'nothing left';
  end(): void;
}

/**
 * Who waits on a queue, first come, first served. Messages are offered to one waiter after another for as long as
 * there are any, so one new message wakes one waiter, and a waiter whose client went away is no longer there to
 * swallow it.
 */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  get count(): number {
    return this.#waiting.size;
  }

  /** Resolves with what `attempt` got (undefined: nothing, go on waiting), or with undefined on abort or `endAll`. */
  waitFor<Result>(attempt: () => Result | undefined, signal: AbortSignal): Promise<Result | undefined> {
    return this.#wait(signal, (finish) => () => {
      const result = attempt();
      if (result === undefined) return 'nothing left';
      finish(result);
      return 'served';
    });
  }

  /** Resolves when there are messages, on abort and on `endAll`. */
  waitForWord(signal: AbortSignal): Promise<void> {
    return this.#wait<undefined>(signal, (finish) => () => {
      finish(undefined);
      return 'informed';
    });
  }

  /**
   * Offers to each waiter in turn while `receivable` exceeds what was promised to those only informed. Should one of
   * these not take it after all, the next is asked as soon as it had the chance.
   */
  serve(receivable: () => number): void {
    let promised = 0;
    for (const waiter of this.#waiting) {
      if (receivable() <= promised) break;
      if (waiter.offer() === 'informed') promised += 1;
    }
    if (promised > 0 && this.#waiting.size > 0) setImmediate(() => this.serve(receivable));
  }

  endAll(): void {
    for (const waiter of this.#waiting) waiter.end();
  }

  #wait<Result>(
    signal: AbortSignal,
    offerWith: (finish: (result: Result | undefined) => void) => Waiter['offer'],
  ): Promise<Result | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const end = () => finish(undefined);
      const finish = (result: Result | undefined) => {
        this.#waiting.delete(waiter);
        signal.removeEventListener('abort', end);
        resolve(result);
      };
      const waiter: Waiter = { offer: offerWith(finish), end };
      this.#waiting.add(waiter);
      signal.addEventListener('abort', end);
    });
  }
}
