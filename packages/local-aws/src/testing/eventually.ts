import { setTimeout as delay } from 'node:timers/promises';

/**
 * How long a test waits for a state or for output. The limit ends a wait that would never end, and measures nothing.
 * Shorter than jest's own limit (jest.config.js), so that a test says what it has waited for in vain.
 */
export const patienceMs = 90_000;
const betweenLooksMs = 25;

/**
 * Looks again and again until the state is the wanted one, and answers the state. For what cannot be awaited: the end
 * of a process of another parent, a folder that a guard removes, a file that another process takes on.
 *
 * When patience ends, the state of the last look is the answer: the expectation of the test then says what is wrong.
 */
export async function eventually<State>(
  look: () => State | Promise<State>,
  isWanted: (state: State) => boolean,
): Promise<State> {
  const endsAtMs = performance.now() + patienceMs;
  for (;;) {
    const state = await look();
    if (isWanted(state) || performance.now() > endsAtMs) return state;
    await delay(betweenLooksMs);
  }
}
