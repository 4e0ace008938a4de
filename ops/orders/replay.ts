import type { Command } from 'commander';
import { replay, type ReplayOutcome } from '../ledger/replay.ts';
import { confirm } from '../terminal/confirm.ts';
import { printable } from '../terminal/output.ts';
import { counted, number } from '../terminal/progress-text.ts';
import { withProgress } from '../terminal/with-progress.ts';
import type { OrdersContext, Run } from './context.ts';
import { Exceptions } from './exceptions.ts';
import { exitCodes } from './exit-codes.ts';
import { rateOption, searchedTexts } from './option-values.ts';
import { remarksOn, type ReplayEnd } from './replay-remarks.ts';
import { chooseFailures } from './replay-selection.ts';

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
    .argument('[id...]', 'ids of orders or failures', searchedTexts)
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
    // How many of them would fail again nobody knows before each is read: --dry-run says it.
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
