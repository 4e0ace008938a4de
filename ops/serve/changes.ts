import { sleep, systemClock } from 'local-aws';
import { watchTree } from './watch-tree.ts';

/** Editors save in several steps, and one change seldom comes alone: what counts is the end of the last one. */
const quietMs = 100;

/** Changes at or below some paths, from its construction on; dispose of it to stop watching. */
export class Changes implements Disposable {
  readonly #watches = new DisposableStack();
  #count = 0;
  #next = Promise.withResolvers<void>();

  constructor(paths: readonly string[]) {
    for (const path of paths) this.#watches.use(watchTree(path, () => this.#note()));
  }

  /**
   * Calls `onChange` after changes, one call at a time, until `signal` aborts. Changes during a call lead to one more.
   */
  async forEach(onChange: () => Promise<void>, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#note(), { once: true });
    while (!signal.aborted) {
      await this.#next.promise;
      for (let seen = -1; seen !== this.#count; await sleep(systemClock, quietMs, signal)) seen = this.#count;
      this.#next = Promise.withResolvers<void>();
      if (!signal.aborted) await onChange();
    }
  }

  [Symbol.dispose](): void {
    this.#watches.dispose();
  }

  #note(): void {
    this.#count += 1;
    this.#next.resolve();
  }
}
