import { type Clock, sleep } from '../../local/clock.ts';
import { failureKinds } from '../../shared/log-messages.ts';
import type { FailureStatus } from '../../shared/orders-table.ts';
import type { SendQueue } from '../aws/send-messages.ts';
import { failures } from '../ledger/failures.ts';
import type { OrdersTable } from '../ledger/orders-table-client.ts';
import { replay } from '../ledger/replay.ts';
import { type WholeFailure, wholeFailures } from '../ledger/whole-failure.ts';

const mostTries = 20;
/** A person waits before trying again. */
const patienceMs = 30_000;

/**
 * Replays what failed for a passing reason, as `orders replay` does, and again when that is cut short. With
 * `everything`, also what fails again for sure, and what was replayed and may be lost.
 *
 * @returns how many failures were sent
 */
export async function replayFailures(
  table: OrdersTable,
  queue: SendQueue,
  { everything }: { readonly everything: 'of passing reasons' | 'once' | 'lost ones, too' },
  clock: Clock,
): Promise<number> {
  let sent = 0;
  const options = {
    by: 'chaos',
    force: everything !== 'of passing reasons',
    resend: everything === 'lost ones, too',
    dryRun: false,
    signal: new AbortController().signal,
  };
  const statuses = everything === 'lost ones, too' ? (['failed', 'replayed'] as const) : (['failed'] as const);
  for (let tries = 1; ; tries += 1) {
    try {
      for (const status of statuses) {
        const chosen = selected(table, status, everything === 'lost ones, too');
        await replay(table, queue, chosen, options, (outcome) => (sent += outcome.replayed ? 1 : 0));
      }
      return sent;
    } catch (error) {
      if (tries === mostTries) throw error;
      await sleep(clock, patienceMs);
    }
  }
}

async function* selected(
  table: OrdersTable,
  status: Exclude<FailureStatus, 'processed'>,
  passingOnly: boolean,
): AsyncGenerator<WholeFailure> {
  for await (const failure of wholeFailures(table, failures(table, { status }))) {
    if (!passingOnly || status === 'replayed' || failure.row.kind === failureKinds.outOfAttempts) yield failure;
  }
}
