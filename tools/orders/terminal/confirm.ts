import { createInterface } from 'node:readline';
import { UsageError } from '../errors.ts';
import type { OrdersIo } from '../io.ts';

/**
 * Asks before many rows change, on stderr so that stdout stays the result. `--yes` answers beforehand.
 * @throws {UsageError} without a terminal: nobody is there to ask
 */
export async function confirm(io: OrdersIo, yes: boolean, question: string): Promise<boolean> {
  if (yes) return true;
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) {
    throw new UsageError(`${question} Nobody is there to ask: add --yes to go on without asking. Nothing was changed.`);
  }
  io.stderr.write(`${question} [y/N] `);
  return /^y(es)?$/i.test((await readAnswer(io)).trim());
}

/** The next line, or nothing at the end of the input or on Ctrl-C. */
async function readAnswer({ stdin, signal }: OrdersIo): Promise<string> {
  const lines = createInterface({ input: stdin });
  const { promise, resolve } = Promise.withResolvers<string>();
  const close = () => lines.close();
  signal.addEventListener('abort', close, { once: true });
  lines.once('line', resolve).once('close', () => resolve(''));
  const answer = await promise;
  signal.removeEventListener('abort', close);
  lines.close();
  return answer;
}
