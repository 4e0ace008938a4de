import type { Command } from 'commander';
import { UsageError } from '../command-line.ts';
import { countFailures } from '../ledger/count-failures.ts';
import { failures, type FailureSelection } from '../ledger/failures.ts';
import { findFailed } from '../ledger/find-failure.ts';
import type { OrdersTable } from '../ledger/orders-table-client.ts';
import { replay, type ReplayOutcome } from '../ledger/replay.ts';
import { type WholeFailure, wholeFailure, wholeFailures } from '../ledger/whole-failure.ts';
import { confirm } from '../terminal/confirm.ts';
import { printable } from '../terminal/output.ts';
import { counted, number } from '../terminal/progress-text.ts';
import { withProgress } from '../terminal/with-progress.ts';
import type { OrdersContext } from './context.ts';
import { Exceptions } from './exceptions.ts';
import { isoTime } from './moment.ts';
import { rateOption } from './option-values.ts';
import type { Run } from './program.ts';
import { resolveCause } from './resolve-cause.ts';

interface ReplayCommandOptions {
  readonly cause?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly rate?: number;
  readonly force?: boolean;
  readonly yes?: boolean;
}

export function defineReplay(program: Command, run: Run): void {
  program
    .command('replay')
    .summary('send failures to the orders queue again')
    .description(
      'Sends failures to the orders queue again, the oldest first. Left out is what would fail again: mend it first. ' +
        'Ctrl-C stops after the messages being sent; the rest stays failed, and the same command goes on.',
    )
    .argument('[id...]', 'ids of orders or failures')
    .option('--cause <fingerprint>', 'all failures of one cause (its first digits will do)')
    .option('--all', 'all failures')
    .option('--dry-run', 'say what would be replayed, and send nothing')
    .option('--rate <n>', 'orders a second (default: as fast as it goes)', rateOption(100_000))
    .option('--force', 'replay what would fail again, and what was replayed five times, too')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample: orders replay --cause 3f2a --rate 50')
    .action((ids: readonly string[], options: ReplayCommandOptions) =>
      run((context) => replayCommand(context, ids, options)),
    );
}

async function replayCommand(
  context: OrdersContext,
  ids: readonly string[],
  options: ReplayCommandOptions,
): Promise<number> {
  const { cause, all, dryRun = false, rate, force = false, yes = false } = options;
  const ways = [ids.length > 0, cause !== undefined, all === true].filter(Boolean).length;
  if (ways !== 1) throw new UsageError('replay takes either ids, or --cause, or --all.');
  const { io } = context;
  const table = await context.table();
  const { chosen, total } = await choose(context, table, ids, cause);
  if (ids.length === 0 && !dryRun && total > 0) {
    const question = `Replay ${counted(total, 'failure')} of ${context.where}?`;
    if (!(await confirm(io, yes, question))) {
      io.stderr.write('Nothing was replayed.\n');
      return 1;
    }
  }

  const leftOut = new Exceptions();
  const replayed: ReplayedLine[] = [];
  let sent = 0;
  const told = (outcome: ReplayOutcome) => {
    const { failureId, orderKey } = outcome.failure.row;
    if (!outcome.replayed) {
      leftOut.add({ id: failureId, label: orderKey, reason: outcome.reason });
      return;
    }
    sent += 1;
    const { messageId } = outcome;
    if (replayed.length < listedReplays) {
      replayed.push({ failureId, orderKey, ...(messageId !== undefined && { messageId }) });
    }
  };
  let fault: unknown;
  try {
    await withProgress(
      io,
      () =>
        dryRun
          ? { verb: 'looked at', done: sent + leftOut.count, total }
          : { verb: 'replayed', done: sent, total: total - leftOut.count },
      async () => {
        const settings = { by: io.user, force, ratePerSecond: rate, dryRun, signal: io.signal };
        await replay(table, await context.ordersQueue(), chosen, settings, told);
      },
    );
  } catch (error) {
    fault = error;
  }
  await report(context, { sent, total, dryRun, replayed, leftOut, cutShort: fault !== undefined || io.signal.aborted });
  if (fault !== undefined) throw fault;
  return leftOut.count === 0 && !io.signal.aborted ? 0 : 1;
}

/** A document names as many replays; all are counted. */
const listedReplays = 1_000;

interface ReplayedLine {
  readonly failureId: string;
  readonly orderKey: string;
  readonly messageId?: string;
}

interface Chosen {
  readonly chosen: AsyncIterable<WholeFailure>;
  readonly total: number;
}

async function choose(
  { io }: OrdersContext,
  table: OrdersTable,
  ids: readonly string[],
  cause: string | undefined,
): Promise<Chosen> {
  if (ids.length > 0) {
    // All are looked up before the first is sent: a mistyped id stops everything.
    const rows = await Promise.all([...new Set(ids)].map((id) => findFailed(table, id)));
    const named = async function* () {
      for (const row of rows) yield await wholeFailure(table, row);
    };
    return { chosen: named(), total: rows.length };
  }
  // Not those that fail from now on: a replay that comes back must not be replayed by the same command again.
  const before = isoTime(io.clock.now());
  const selection: FailureSelection =
    cause === undefined ? { status: 'failed', before } : { cause: await resolveCause(table, cause), before };
  return {
    chosen: wholeFailures(table, failures(table, selection)),
    total: await countFailures(table, selection),
  };
}

interface ReplayReport {
  readonly sent: number;
  readonly total: number;
  readonly dryRun: boolean;
  readonly replayed: readonly ReplayedLine[];
  readonly leftOut: Exceptions;
  /** By Ctrl-C or an error. */
  readonly cutShort: boolean;
}

async function report(context: OrdersContext, { sent, total, dryRun, replayed, leftOut, cutShort }: ReplayReport) {
  const { io, paint } = context;
  if (context.json) {
    const untouched = total - sent - leftOut.count;
    await context.printJson({
      dryRun,
      replayed: sent,
      replays: replayed,
      ...leftOut.json('leftOut'),
      untouched,
      stopped: cutShort,
    });
    return;
  }
  for (const line of leftOut.lines('left out')) io.stderr.write(`${printable(line)}\n`);
  if (cutShort) {
    io.stderr.write(`Stopped at ${number(sent)} of ${counted(total, 'failure')}: the rest stays as it was.\n`);
  }
  const verb = dryRun ? 'Would replay' : 'Replayed';
  const rest = leftOut.count === 0 ? '' : `, left out ${number(leftOut.count)}`;
  await context.print(
    paint(leftOut.count === 0 && !cutShort ? 'green' : 'yellow', `${verb} ${counted(sent, 'failure')}${rest}.`),
  );
}
