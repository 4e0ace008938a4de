import { createInterface } from 'node:readline/promises';
import { UsageError } from '../command-line.ts';
import type { OrdersIo } from '../orders/io.ts';

/**
 * Asks before many rows change, on stderr so that stdout stays the result. `--yes` answers beforehand.
 * @throws {UsageError} without a terminal: nobody is there to ask
 */
export async function confirm(io: OrdersIo, yes: boolean, question: string): Promise<boolean> {
  if (yes) return true;
  if (io.stdin.isTTY !== true || io.stderr.isTTY !== true) {
    throw new UsageError(`${question} Nobody is there to ask: add --yes to go on without asking. Nothing was changed.`);
  }
  const terminal = createInterface({ input: io.stdin, output: io.stderr as NodeJS.WritableStream });
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: io.signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
