import type { Command } from 'commander';
import { exitCodes, rateOption, idArguments } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { replay, type ReplayOutcome } from '../ledger/replay.ts';
import { confirm, isSomebodyThere } from '../terminal/ask.ts';
import { printable, wrappedProse } from '../terminal/output.ts';
import { counted, number, withProgress } from '../terminal/progress.ts';
import { type Chosen, chooseFailures } from './replay-choice.ts';
import { Exceptions, failureNames } from './text.ts';

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
    .argument('[id...]', 'ids of orders or failures (first digits will do)', idArguments)
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
  const leftOut = new Exceptions(failureNames);
  const choice = { ...options, ids };
  const { chosen, total } = await chooseFailures(context, choice, resend);
  if (ids.length === 0 && !dryRun && !yes && total > 0) {
    const question = await questionOf(context, chosen, { total, force, resend });
    if (question === undefined || !(await confirm(io, yes, question))) {
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
        await replay(await context.table(), await context.ordersQueue(), chosen(), settings, told);
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

/**
 * The question how many to replay; undefined when none would be. What would be left out is named before, so each failure
 * is read and judged first.
 */
async function questionOf(
  context: OrdersContext,
  chosen: Chosen['chosen'],
  { total, force, resend }: Pick<Chosen, 'total'> & { readonly force: boolean; readonly resend: boolean },
): Promise<string | undefined> {
  const { io, where } = context;
  // Where nobody is there to answer, nobody waits for it.
  if (!isSomebodyThere(io)) return `Replay ${counted(total, 'failure')} of ${where}?`;
  const leftOut = new Exceptions(failureNames);
  let passing = 0;
  const settings = { by: io.user, force, resend, dryRun: true, signal: io.signal };
  await withProgress(
    io,
    () => ({ verb: 'looked at', done: passing + leftOut.count, total }),
    async () =>
      replay(await context.table(), await context.ordersQueue(), chosen(), settings, (outcome) => {
        const { failureId, orderKey } = outcome.failure;
        if (outcome.replayed) passing += 1;
        else leftOut.add({ id: failureId, label: orderKey, reason: outcome.reason });
      }),
  );
  io.signal.throwIfAborted();
  for (const line of leftOut.lines('will be left out'))
    io.stderr.write(`${wrappedProse(printable(line), io.stderr.columns)}\n`);
  if (passing === 0) return undefined;
  const rest = leftOut.count === 0 ? '' : `, and leave out ${number(leftOut.count)}`;
  return `Replay ${counted(passing, 'failure')} of ${where}${rest}?`;
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
  for (const line of leftOut.lines('left out'))
    io.stderr.write(`${wrappedProse(printable(line), io.stderr.columns)}\n`);
  for (const line of remarksOn(end)) io.stderr.write(`${line}\n`);
  const verb = dryRun ? 'Would replay' : 'Replayed';
  const rest = leftOut.count === 0 ? '' : `, left out ${number(leftOut.count)}`;
  await context.print(
    paint(leftOut.count === 0 && !cutShort ? 'green' : 'yellow', `${verb} ${counted(sent, 'failure')}${rest}.`),
  );
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
