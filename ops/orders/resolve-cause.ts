import { CommandFailed } from '../command-failed.ts';
import { UsageError } from '../command-line.ts';
import { countFailures } from '../ledger/count-failures.ts';
import { failures } from '../ledger/failures.ts';
import { groupByCause } from '../ledger/group-by-cause.ts';
import type { OrdersTable } from '../ledger/orders-table-client.ts';

const wholeLength = 12;

/**
 * The cause that a person means by its first digits.
 * @throws {UsageError} for what can be no fingerprint
 * @throws {CommandFailed} when no failure has such a cause, or several causes begin so
 */
export async function resolveCause(table: OrdersTable, given: string): Promise<string> {
  const digits = given.toLowerCase();
  if (!/^[0-9a-f]{1,12}$/.test(digits)) {
    throw new UsageError(
      `--cause takes a fingerprint of up to 12 hex digits, as "orders failed" shows it, not "${given}".`,
    );
  }
  if (digits.length === wholeLength && (await countFailures(table, { cause: digits })) > 0) return digits;
  const causes = (await groupByCause(failures(table, { status: 'failed' }))).map(({ cause }) => cause);
  const [cause, ...others] = causes.filter((each) => each.startsWith(digits));
  if (cause === undefined) {
    const known =
      causes.length === 0 ? 'There are no failures at all.' : `The causes are ${causes.slice(0, 10).join(', ')}.`;
    throw new CommandFailed(`No failure has the cause ${given}. ${known}`);
  }
  if (others.length === 0) return cause;
  throw new CommandFailed(`Several causes begin with ${given}: ${[cause, ...others].join(', ')}.`);
}
