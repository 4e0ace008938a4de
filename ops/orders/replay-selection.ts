import type { FailureRow } from '../../shared/orders-table.ts';
import { UsageError } from '../command-line.ts';
import { countFailures } from '../ledger/count-failures.ts';
import { failureRows, failures, type FailureSelection } from '../ledger/failures.ts';
import { findFailed } from '../ledger/find-failure.ts';
import type { OrdersTable } from '../ledger/orders-table-client.ts';
import { replayedBefore, sentAgainAt } from '../ledger/replayed.ts';
import type { OrdersContext } from './context.ts';
import { isoTime, parseMoment } from './moment.ts';
import { resolveCause } from './resolve-cause.ts';

/** How a person names what to replay: exactly one of them is given. */
export interface ReplayChoice {
  readonly ids: readonly string[];
  readonly cause?: string;
  readonly all?: boolean;
  readonly replayedBefore?: string;
}

/** What to replay, and how many there are, before any of them is judged. */
export interface Chosen {
  readonly chosen: AsyncIterable<FailureRow>;
  readonly total: number;
}

/**
 * @param resend whether an id may also name a failure that is replayed already
 * @throws {UsageError} when it is not clear which are meant
 * @throws {CommandFailed} when an id or a cause names none
 */
export async function chooseFailures(context: OrdersContext, choice: ReplayChoice, resend: boolean): Promise<Chosen> {
  const { ids, cause, all } = choice;
  const ways = [ids.length > 0, cause !== undefined, all === true, choice.replayedBefore !== undefined];
  if (ways.filter(Boolean).length !== 1) {
    throw new UsageError('replay takes either ids, or --cause, or --all, or --replayed-before.');
  }
  const now = context.io.clock.now();
  const replayedBeforeMs =
    choice.replayedBefore === undefined ? undefined : parseMoment('--replayed-before', choice.replayedBefore, now);
  const table = await context.table();
  if (ids.length > 0) return byId(table, ids, resend);
  if (replayedBeforeMs !== undefined) return overdue(table, isoTime(replayedBeforeMs));
  // Not those that fail from now on: a replay that comes back must not be replayed by the same command again.
  const before = isoTime(now);
  const selection: FailureSelection =
    cause === undefined ? { status: 'failed', before } : { cause: await resolveCause(table, cause), before };
  return {
    chosen: failureRows(table, failures(table, selection)),
    total: await countFailures(table, selection),
  };
}

/** All are looked up before the first is sent: a mistyped id stops everything. */
async function byId(table: OrdersTable, ids: readonly string[], resend: boolean): Promise<Chosen> {
  const rows = await Promise.all([...new Set(ids)].map((id) => findFailed(table, id, { resend })));
  const named = async function* () {
    for (const row of rows) yield await Promise.resolve(row);
  };
  return { chosen: named(), total: rows.length };
}

async function overdue(table: OrdersTable, before: string): Promise<Chosen> {
  let total = 0;
  for await (const _ of replayedBefore(table, before)) total += 1;
  const chosen = async function* () {
    for await (const failure of failureRows(table, replayedBefore(table, before))) {
      // The index runs behind: somebody may have sent it again meanwhile.
      if (sentAgainAt(failure) < before) yield failure;
    }
  };
  return { chosen: chosen(), total };
}
