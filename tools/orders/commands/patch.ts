import type { Command } from 'commander';
import type { FailureRow } from '../../../shared/ledger/rows.ts';
import { collected, exitCodes } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { type Assignment, isEdited, type MendedBody, mendedBody, parseAssignment } from '../json.ts';
import { countFailures, failureRows, failures } from '../ledger/failures.ts';
import { resolveCause } from '../ledger/find-failure.ts';
import { editRefusal, mend, sizeRefusal } from '../ledger/mend.ts';
import { judge } from '../ledger/replay.ts';
import type { TableConnection } from '../ledger/table.ts';
import { forEachAtOnce } from '../streams.ts';
import { confirm } from '../terminal/ask.ts';
import { printable } from '../terminal/output.ts';
import { counted, number, withProgress } from '../terminal/progress.ts';
import { isoTime } from '../time.ts';
import { changeLines, Exceptions, failureNames } from './text.ts';

interface PatchOptions {
  readonly cause: string;
  readonly set: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Differences shown before anybody is asked. */
const shownDifferences = 3;
/** Rows changed at the same time. */
const updatesInFlight = 16;

export function definePatch(program: Command, run: Run): void {
  program
    .command('patch')
    .summary('mend all failures of one cause')
    .description(
      'Changes the bodies of all failures of a cause in the same way and shows the difference. ' +
        'Leaves alone those that would not pass the schema even then. Replay sends them.',
    )
    .requiredOption('--cause <fingerprint>', 'the cause, as "orders failed" shows it (its first digits will do)')
    .requiredOption(
      '--set <pointer=value>',
      'put a JSON value or a text at a JSON pointer; may stand several times',
      collected,
    )
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample: orders patch --cause 3f2a --set /customerAddress="1 Main Street"')
    .action((options: PatchOptions) => run((context) => patch(context, options)));
}

async function patch(context: OrdersContext, options: PatchOptions): Promise<number> {
  const { io, paint } = context;
  const { dryRun = false, yes = false } = options;
  const assignments = options.set.map(parseAssignment);
  const orders = await context.table();
  const selection = { cause: await resolveCause(orders, options.cause) };
  const total = await countFailures(orders, selection);
  const chosen = () => failureRows(orders, failures(orders, selection));
  const judged = (failure: FailureRow) => judgeMended(orders, failure, assignments);

  if (!context.json) await preview(context, chosen(), judged, total);
  const question = `Change ${counted(total, 'failure')} of ${context.where} so?`;
  if (!dryRun && !(await confirm(io, yes, question))) {
    io.stderr.write('Nothing was changed.\n');
    return exitCodes.notAllDone;
  }

  const leftAlone = new Exceptions(failureNames);
  let patched = 0;
  await withProgress(
    io,
    () => ({
      verb: 'changed',
      done: patched + leftAlone.count,
      total,
    }),
    () => forEachAtOnce(chosen(), updatesInFlight, patchOne, io.signal),
  );

  async function patchOne(failure: FailureRow): Promise<void> {
    const { failureId, orderKey } = failure;
    const problem = await apply(await judged(failure), failure);
    if (problem === undefined) patched += 1;
    else leftAlone.add({ id: failureId, label: orderKey, reason: problem });
  }

  async function apply(result: MendedBody, failure: FailureRow): Promise<string | undefined> {
    if ('problem' in result) return result.problem;
    if (!isEdited(failure.body, result.body)) return;
    if (dryRun) return editRefusal(failure) ?? sizeRefusal(failure, result.body, io.user);
    return mend(orders, failure, { body: result.body, by: io.user, at: isoTime(io.clock.now()) });
  }

  const stopped = io.signal.aborted;
  if (context.json) {
    const untouched = total - patched - leftAlone.count;
    await context.printJson({ dryRun, patched, ...leftAlone.json('leftAlone'), untouched, stopped });
  } else {
    for (const line of leftAlone.lines('left alone')) io.stderr.write(`${printable(line)}\n`);
    if (stopped)
      io.stderr.write(`Stopped at ${number(patched)} of ${counted(total, 'failure')}: the rest stays as it was.\n`);
    const rest = leftAlone.count === 0 ? '' : `, left alone ${number(leftAlone.count)}`;
    const text = `${dryRun ? 'Would change' : 'Changed'} ${counted(patched, 'failure')}${rest}.`;
    await context.print(paint(leftAlone.count === 0 && !stopped ? 'green' : 'yellow', text));
  }
  return leftAlone.count === 0 && !stopped ? exitCodes.done : exitCodes.notAllDone;
}

/** The mended body, if it would pass. */
async function judgeMended(
  orders: TableConnection,
  failure: FailureRow,
  assignments: readonly Assignment[],
): Promise<MendedBody> {
  const mended = mendedBody(failure.body, assignments);
  if ('problem' in mended) return mended;
  const verdict = await judge(orders, failure, mended.body);
  return verdict.passes ? mended : { problem: `would fail again: ${verdict.reasons.join(', ')}` };
}

/** Shows what will change in the first of them. */
async function preview(
  context: OrdersContext,
  chosen: AsyncIterable<FailureRow>,
  judged: (failure: FailureRow) => Promise<MendedBody>,
  total: number,
): Promise<void> {
  let shown = 0;
  for await (const failure of chosen) {
    const result = await judged(failure);
    const lines =
      'problem' in result ? [`  ${printable(result.problem)}`] : changeLines(failure.body, result.body, context.paint);
    await context.print(printable(failure.orderKey), ...lines);
    shown += 1;
    if (shown === shownDifferences) break;
  }
  if (total > shown) await context.print(`… and ${number(total - shown)} more in the same way.`);
}
