import type { Command } from 'commander';
import { causeOf, commonReasons } from '../../../shared/ledger/failure.ts';
import { exitCodes } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { countFailures, failureRows, failures, type FailureSelection } from '../ledger/failures.ts';
import { resolveCause } from '../ledger/find-failure.ts';
import { judge } from '../ledger/replay.ts';
import { printable, table } from '../terminal/output.ts';
import { counted, number, withProgress } from '../terminal/progress.ts';
import { whyText } from './text.ts';

export function defineCheck(program: Command, run: Run): void {
  program
    .command('check')
    .summary('would the failures pass now?')
    .description("Holds the failures against today's validation and says how many would pass. Changes nothing.")
    .option('--cause <fingerprint>', 'only those of one cause (its first digits will do)')
    .addHelpText('after', '\nExit code: 0 when all would pass, 1 when not.\n\nExample: orders check --cause 3f2a')
    .action((options: { readonly cause?: string }) => run((context) => check(context, options.cause)));
}

/** Failures that would fail again, by why they would. */
interface Remaining {
  readonly cause: string;
  readonly count: number;
  readonly kind: string;
  readonly reasons: readonly string[];
}

async function check(context: OrdersContext, cause: string | undefined): Promise<number> {
  const { io, paint } = context;
  const orders = await context.table();
  const selection: FailureSelection =
    cause === undefined ? { status: 'failed' } : { cause: await resolveCause(orders, cause) };
  const total = await countFailures(orders, selection);
  const remaining = new Map<string, Remaining>();
  let checked = 0;
  let passing = 0;
  await withProgress(
    io,
    () => ({ verb: 'checked', done: checked, total }),
    async () => {
      for await (const failure of failureRows(orders, failures(orders, selection))) {
        io.signal.throwIfAborted();
        checked += 1;
        const verdict = await judge(orders, failure, failure.body);
        if (verdict.passes) {
          passing += 1;
          continue;
        }
        const { kind, reasons } = verdict;
        const why = causeOf(kind, reasons);
        const count = (remaining.get(why)?.count ?? 0) + 1;
        remaining.set(why, { cause: why, kind, reasons: commonReasons(kind, reasons), count });
      }
    },
  );
  const groups = [...remaining.values()].toSorted((a, b) => b.count - a.count);
  const done = passing === checked;
  if (context.json) {
    await context.printJson({
      checked,
      passing,
      failing: checked - passing,
      causes: groups,
    });
    return done ? exitCodes.done : exitCodes.notAllDone;
  }
  const verdict = `${number(passing)} of ${counted(checked, 'failure')} would pass now.`;
  await context.print(paint(done ? 'green' : 'yellow', checked === 0 ? 'No failures.' : verdict));
  if (groups.length > 0) {
    const rows = groups.map((group) => [number(group.count), group.cause, printable(whyText(group))]);
    const columns = [{ title: 'STILL', align: 'right' }, { title: 'CAUSE' }, { title: 'WHY' }] as const;
    await context.print('', ...table(columns, rows, io.stdout.columns));
  }
  return done ? exitCodes.done : exitCodes.notAllDone;
}
