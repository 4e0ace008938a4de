import type { Clock } from 'local-aws';
import { failureKinds } from '../../shared/log-messages.ts';
import type { FailureRow, FailureStatus } from '../../shared/orders-table.ts';
import type { SendQueue } from '../aws/send-messages.ts';
import { failureRows, failures } from '../ledger/failures.ts';
import type { OrdersTable } from '../ledger/orders-table-client.ts';
import { replay } from '../ledger/replay.ts';
import { patiently } from './patiently.ts';

/**
 * What is replayed: what `orders replay` takes unasked; all that failed, though it fails again for sure; or what ran out
 * of attempts, and what was replayed already and may be lost.
 */
export type Reach = 'what may pass' | 'all that failed' | 'what ran out of attempts or may be lost';

/**
 * Replays failures as `orders replay` does, and again when that is cut short.
 *
 * @returns how many failures were sent
 */
export async function replayFailures(
  table: OrdersTable,
  queue: SendQueue,
  reach: Reach,
  clock: Clock,
): Promise<number> {
  let sent = 0;
  const lostToo = reach === 'what ran out of attempts or may be lost';
  const options = {
    by: 'chaos',
    force: reach !== 'what may pass',
    resend: lostToo,
    dryRun: false,
    signal: new AbortController().signal,
  };
  const statuses = lostToo ? (['failed', 'replayed'] as const) : (['failed'] as const);
  await patiently(clock, async () => {
    for (const status of statuses) {
      const chosen = selected(table, status, lostToo);
      await replay(table, queue, chosen, options, (outcome) => (sent += outcome.replayed ? 1 : 0));
    }
  });
  return sent;
}

async function* selected(
  table: OrdersTable,
  status: Exclude<FailureStatus, 'processed'>,
  outOfAttemptsOnly: boolean,
): AsyncGenerator<FailureRow> {
  for await (const failure of failureRows(table, failures(table, { status }))) {
    if (!outOfAttemptsOnly || status === 'replayed' || failure.kind === failureKinds.outOfAttempts) yield failure;
  }
}
