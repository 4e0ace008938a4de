import type { FailureRow } from '../../../shared/ledger/rows.ts';
import type { OrdersContext } from '../context.ts';
import { UsageError } from '../errors.ts';
import { replayedBefore, sentAgainAt } from '../ledger/books.ts';
import { countFailures, failureRows, failures, type FailureSelection } from '../ledger/failures.ts';
import { findFailed, resolveCause } from '../ledger/find-failure.ts';
import type { TableConnection } from '../ledger/table.ts';
import type { Hint } from '../terminal/shell.ts';
import { isoTime, parseMoment } from '../time.ts';

/** The ways to name what to replay. Exactly one of them is given. */
interface ReplayChoice {
  readonly ids: readonly string[];
  readonly cause?: string;
  readonly all?: boolean;
  readonly replayedBefore?: string;
}

/** What to replay, and how many there are, before any of them is judged. */
export interface Chosen {
  /** Reads them anew at each call. */
  readonly chosen: () => AsyncIterable<FailureRow>;
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
  if (ids.length > 0) return byId(table, ids, { resend, hint: context.hint });
  if (replayedBeforeMs !== undefined) return overdue(table, isoTime(replayedBeforeMs));
  // Failures from now on are left out: a replay that fails again must not be replayed by the same command.
  const before = isoTime(now);
  const selection: FailureSelection =
    cause === undefined ? { status: 'failed', before } : { cause: await resolveCause(table, cause), before };
  return {
    chosen: () => failureRows(table, failures(table, selection)),
    total: await countFailures(table, selection),
  };
}

/** All ids are looked up before the first message is sent: a mistyped id stops everything. */
async function byId(
  table: TableConnection,
  ids: readonly string[],
  { resend, hint }: { readonly resend: boolean; readonly hint: Hint },
): Promise<Chosen> {
  const found = await Promise.all([...new Set(ids)].map((id) => findFailed(table, id, { resend, hint })));
  // Two ids may name the same failure: its order's and its own, or a short one and the whole.
  const rows = [...new Map(found.map((row) => [`${row.pk} ${row.sk}`, row])).values()];
  const named = async function* () {
    for (const row of rows) yield await Promise.resolve(row);
  };
  return { chosen: named, total: rows.length };
}

async function overdue(table: TableConnection, before: string): Promise<Chosen> {
  let total = 0;
  for await (const _ of replayedBefore(table, before)) total += 1;
  const chosen = async function* () {
    for await (const failure of failureRows(table, replayedBefore(table, before))) {
      // The index lags behind: somebody may have sent the failure again meanwhile.
      if (sentAgainAt(failure) < before) yield failure;
    }
  };
  return { chosen, total };
}
