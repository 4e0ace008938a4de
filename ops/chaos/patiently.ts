import { type Clock, sleep } from 'local-aws';

const mostTries = 20;
/** A person waits before trying again. */
const patienceMs = 30_000;

/** Does again what is cut short by a fault, as a person would with the same command. */
export async function patiently<Result>(clock: Clock, act: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (tries === mostTries) throw error;
      await sleep(clock, patienceMs);
    }
  }
}
