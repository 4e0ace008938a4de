import { eventually } from '../../src/testing/eventually.ts';

/** One request on a connection of its own. */
export async function get(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { connection: 'close' } });
  return answer.text();
}

/** Clients that ask again as soon as they have an answer: a moment in which nobody answers makes one of them fail. */
export class RestlessClients {
  /** In the order of their coming. */
  readonly answers: string[] = [];
  readonly #finished: Promise<unknown>;
  #isStopped = false;

  constructor(url: string, count: number) {
    this.#finished = Promise.all(Array.from({ length: count }, () => this.#ask(url)));
    // The failure is told by whoever waits.
    this.#finished.catch(() => {});
  }

  /**
   * Waits for so many more answers.
   *
   * @throws {Error} when a request failed
   */
  async more(count: number): Promise<void> {
    const wanted = this.answers.length + count;
    const reached = eventually(
      () => this.answers.length,
      (length) => length >= wanted,
    );
    await Promise.race([reached, this.#finished]);
  }

  /**
   * Waits for the last answers.
   *
   * @throws {Error} when a request failed
   */
  async stop(): Promise<readonly string[]> {
    this.#isStopped = true;
    await this.#finished;
    return this.answers;
  }

  async #ask(url: string): Promise<void> {
    while (!this.#isStopped) this.answers.push(await get(url));
  }
}
