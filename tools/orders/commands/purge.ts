import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { FailureRow } from '../../../shared/ledger/rows.ts';
import { exitCodes } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { CommandFailed } from '../errors.ts';
import { standingFolder } from '../input/paths.ts';
import { countFailures, failureRows, failures } from '../ledger/failures.ts';
import {
  deleteExported,
  type Deletion,
  type ExportedFailure,
  exportedFailure,
  ExportFile,
  processedFailures,
  readExport,
} from '../ledger/purge.ts';
import type { TableConnection } from '../ledger/table.ts';
import { forEachAtOnce } from '../streams.ts';
import { confirm } from '../terminal/ask.ts';
import { counted, number, withProgress } from '../terminal/progress.ts';
import { isoTime, parseMoment, shownTime } from '../time.ts';

interface PurgeOptions {
  readonly before: string;
  readonly export: string;
  readonly processed?: boolean;
  readonly yes?: boolean;
}

/** Deletions under way at the same time. */
const deletionsInFlight = 16;

export function definePurge(program: Command, run: Run): void {
  program
    .command('purge')
    .summary('export old failures and delete them')
    .description(
      'Writes failures older than a time to a file, one JSON document a line, with everything known of them, ' +
        'and deletes them once the file is on disk. Purged orders are in no count any more.',
    )
    .requiredOption('--before <time>', 'those that failed earlier: 2026-11-20, or 30d for 30 days ago')
    .requiredOption('--export <file>', 'new file for the failures; nothing is deleted that is not in it')
    .option('--processed', 'failures whose replay succeeded, instead of those that wait (reads the whole table)')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample: orders purge --before 90d --export failures-until-august.ndjson')
    .action((options: PurgeOptions) => run((context) => purge(context, options)));
}

async function purge(context: OrdersContext, options: PurgeOptions): Promise<number> {
  const { io } = context;
  const beforeMs = parseMoment('--before', options.before, io.clock.now());
  const before = isoTime(beforeMs);
  const orders = await context.table();
  const processed = options.processed === true;
  const those = `${processed ? 'processed failures' : 'failures'} from before ${shownTime(before)} UTC`;
  const howMany = processed ? 'the' : number(await countFailures(orders, { status: 'failed', before }));
  const question = `Export and delete ${howMany} ${those}, of ${context.where}?`;
  if (!(await confirm(io, options.yes === true, question))) {
    io.stderr.write('Nothing was deleted.\n');
    return exitCodes.notAllDone;
  }
  const selected = processed ? processedFailures(orders, before) : failures(orders, { status: 'failed', before });
  const path = resolve(standingFolder(io.env), options.export);
  const exported = await exportAll(context, failureRows(orders, selected), path);
  const { deleted, changed } = exported > 0 ? await deleteAll(context, orders, path, exported) : nothing;
  const stopped = io.signal.aborted;
  if (context.json) {
    const counts = { exported, deleted, changedSince: changed };
    await context.printJson({ before, file: options.export, ...counts, stopped });
  } else {
    if (stopped) io.stderr.write(`Stopped: ${stoppedText(options.export, exported, exported - deleted - changed)}\n`);
    if (changed > 0) io.stderr.write(`${counted(changed, 'failure')} changed since the export and stayed.\n`);
    if (exported > 0) await context.print(`Exported ${counted(exported, 'failure')} to ${options.export}.`);
    await context.print(exported === 0 ? `There are no ${those}.` : `Deleted ${counted(deleted, 'failure')}.`);
  }
  return stopped || changed > 0 ? exitCodes.notAllDone : exitCodes.done;
}

const nothing: Readonly<Record<Deletion, number>> = { deleted: 0, changed: 0 };

function stoppedText(path: string, exported: number, left: number): string {
  if (exported === 0) return 'nothing was exported or deleted.';
  return `${path} has all of them, ${number(left)} are still in the ledger, too.`;
}

/** @returns how many are in the file; none when it was stopped, and then there is no file */
async function exportAll({ io }: OrdersContext, chosen: AsyncIterable<FailureRow>, path: string): Promise<number> {
  await using file = await ExportFile.create(path);
  let exported = 0;
  return await withProgress(
    io,
    () => ({ verb: 'exported', done: exported }),
    async () => {
      try {
        for await (const failure of chosen) {
          if (io.signal.aborted) break;
          await file.append(exportedFailure(failure));
          exported += 1;
        }
        if (exported > 0 && !io.signal.aborted) {
          await file.sync();
          return exported;
        }
      } catch (error) {
        await file.remove();
        throw error;
      }
      await file.remove();
      return 0;
    },
  );
}

/** Deletes the failures that stand in the file, so that nothing is deleted that is not in it. */
async function deleteAll({ io }: OrdersContext, orders: TableConnection, path: string, total: number) {
  const ends = { ...nothing };
  let read = 0;
  const deleteOne = async (failure: ExportedFailure) => {
    read += 1;
    const end = await deleteExported(orders, failure);
    ends[end] += 1;
  };
  await withProgress(
    io,
    () => ({ verb: 'deleted', done: ends.deleted, total }),
    () => forEachAtOnce(readExport(path), deletionsInFlight, deleteOne, io.signal),
  );
  if (read !== total && !io.signal.aborted)
    throw new CommandFailed(`${path} has ${read} lines where ${total} were written: somebody else changed it.`);
  return ends;
}
