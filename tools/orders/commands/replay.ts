import type { Command } from 'commander';
import type { FailureRow } from '../../../shared/ledger/rows.ts';
import { exitCodes, rateOption, idArguments } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { UsageError } from '../errors.ts';
import { replayedBefore, sentAgainAt } from '../ledger/books.ts';
import { countFailures, failureRows, failures, type FailureSelection } from '../ledger/failures.ts';
import { findFailed, resolveCause } from '../ledger/find-failure.ts';
import { replay, type ReplayOutcome } from '../ledger/replay.ts';
import type { TableConnection } from '../ledger/table.ts';
import { confirm } from '../terminal/ask.ts';
import { printable } from '../terminal/output.ts';
import { counted, number, withProgress } from '../terminal/progress.ts';
import { isoTime, parseMoment } from '../time.ts';
import { Exceptions } from './text.ts';

interface ReplayCommandOptions {
  readonly cause?: string;
  readonly all?: boolean;
  readonly replayedBefore?: string;
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
    .argument('[id...]', 'ids of orders or failures', idArguments)
    .option('--cause <fingerprint>', 'all failures of one cause (its first digits will do)')
    .option('--all', 'all failures')
    .option(
      '--replayed-before <time>',
      'those replayed before (10m, 2h, 3d) that came to no end, their message being lost',
    )
    .option('--dry-run', 'say what would be replayed, and send nothing')
    .option('--rate <n>', 'orders a second (default: as fast as it goes)', rateOption(100_000))
    .option(
      '--force',
      'replay what would fail again, and what was replayed five times, too; an id also when it is replayed already',
    )
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
  const { dryRun = false, rate, force = false, yes = false } = options;
  const { io } = context;
  const resend = options.replayedBefore !== undefined || (force && ids.length > 0);
  const leftOut = new Exceptions();
  const choice = { ...options, ids };
  const { chosen, total } = await chooseFailures(context, choice, resend);
  if (ids.length === 0 && !dryRun && total > 0) {
    // Nobody knows how many would fail again before each is read. --dry-run says it.
    const less = force ? '' : ', except what would fail again';
    const question = `Replay ${counted(total, 'failure')} of ${context.where}${less}?`;
    if (!(await confirm(io, yes, question))) {
      io.stderr.write('Nothing was replayed.\n');
      return exitCodes.notAllDone;
    }
  }

  const replayed: ReplayedLine[] = [];
  let sent = 0;
  let again = 0;
  let unmarked = 0;
  const told = (outcome: ReplayOutcome) => {
    const { failureId, orderKey, status } = outcome.failure;
    if (!outcome.replayed) {
      leftOut.add({ id: failureId, label: orderKey, reason: outcome.reason });
      return;
    }
    sent += 1;
    if (status === 'replayed') again += 1;
    if (outcome.marked === false) unmarked += 1;
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
        const settings = { by: io.user, force, resend, ratePerSecond: rate, dryRun, signal: io.signal };
        await replay(await context.table(), await context.ordersQueue(), chosen, settings, told);
      },
    );
  } catch (error) {
    fault = error;
  }
  await report(context, {
    sent,
    again,
    unmarked,
    total,
    dryRun,
    replayed,
    leftOut,
    failed: fault !== undefined,
    cutShort: fault !== undefined || io.signal.aborted,
  });
  if (fault !== undefined) throw fault;
  return leftOut.count === 0 && !io.signal.aborted ? exitCodes.done : exitCodes.notAllDone;
}

/** A document names as many replays; all are counted. */
const listedReplays = 1_000;

interface ReplayedLine {
  readonly failureId: string;
  readonly orderKey: string;
  readonly messageId?: string;
}

interface ReplayReport extends ReplayEnd {
  readonly dryRun: boolean;
  readonly replayed: readonly ReplayedLine[];
  readonly leftOut: Exceptions;
}

async function report(context: OrdersContext, end: ReplayReport): Promise<void> {
  const { sent, again, unmarked, total, dryRun, replayed, leftOut, cutShort } = end;
  const { io, paint } = context;
  if (context.json) {
    const untouched = total - sent - leftOut.count;
    await context.printJson({
      dryRun,
      replayed: sent,
      again,
      unmarked,
      replays: replayed,
      ...leftOut.json('leftOut'),
      untouched,
      stopped: cutShort,
    });
    return;
  }
  for (const line of leftOut.lines('left out')) io.stderr.write(`${printable(line)}\n`);
  for (const line of remarksOn(end)) io.stderr.write(`${line}\n`);
  const verb = dryRun ? 'Would replay' : 'Replayed';
  const rest = leftOut.count === 0 ? '' : `, left out ${number(leftOut.count)}`;
  await context.print(
    paint(leftOut.count === 0 && !cutShort ? 'green' : 'yellow', `${verb} ${counted(sent, 'failure')}${rest}.`),
  );
}

/** The ways to name what to replay. Exactly one of them is given. */
interface ReplayChoice {
  readonly ids: readonly string[];
  readonly cause?: string;
  readonly all?: boolean;
  readonly replayedBefore?: string;
}

/** What to replay, and how many there are, before any of them is judged. */
interface Chosen {
  readonly chosen: AsyncIterable<FailureRow>;
  readonly total: number;
}

/**
 * @param resend whether an id may also name a failure that is replayed already
 * @throws {UsageError} when it is not clear which are meant
 * @throws {CommandFailed} when an id or a cause names none
 */
async function chooseFailures(context: OrdersContext, choice: ReplayChoice, resend: boolean): Promise<Chosen> {
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
  // Failures from now on are left out: a replay that fails again must not be replayed by the same command.
  const before = isoTime(now);
  const selection: FailureSelection =
    cause === undefined ? { status: 'failed', before } : { cause: await resolveCause(table, cause), before };
  return {
    chosen: failureRows(table, failures(table, selection)),
    total: await countFailures(table, selection),
  };
}

/** All ids are looked up before the first message is sent: a mistyped id stops everything. */
async function byId(table: TableConnection, ids: readonly string[], resend: boolean): Promise<Chosen> {
  const rows = await Promise.all([...new Set(ids)].map((id) => findFailed(table, id, { resend })));
  const named = async function* () {
    for (const row of rows) yield await Promise.resolve(row);
  };
  return { chosen: named(), total: rows.length };
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
  return { chosen: chosen(), total };
}

/** How far a replay came. */
interface ReplayEnd {
  readonly sent: number;
  /** How many of these had been replayed before. */
  readonly again: number;
  /** How many of these could not be marked as replayed, because the table failed. */
  readonly unmarked: number;
  readonly total: number;
  readonly failed: boolean;
  /** By Ctrl-C or an error. */
  readonly cutShort: boolean;
}

/**
 * What a person must know of a replay that did not go as usual: failures that stayed as they were, and failures that
 * only look so.
 */
export function remarksOn({ sent, again, unmarked, total, failed, cutShort }: ReplayEnd): string[] {
  const remarks: string[] = [];
  if (cutShort) {
    const rest = failed
      ? 'the rest is in the ledger; should some of it have been sent all the same, its next replay is a duplicate'
      : 'the rest stays as it was';
    remarks.push(`Stopped at ${number(sent)} of ${counted(total, 'failure')}: ${rest}.`);
  }
  if (unmarked > 0) {
    remarks.push(
      `Of those sent, ${number(unmarked)} could not be marked as replayed: until their messages come to an end, the ` +
        'ledger has them as they were. Another replay would be a duplicate.',
    );
  }
  if (again > 0) {
    remarks.push(
      `Of these, ${number(again)} had been replayed already: should a lost message arrive after all, it is a duplicate.`,
    );
  }
  return remarks;
}
