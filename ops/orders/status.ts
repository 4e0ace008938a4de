import { type Command, Option } from 'commander';
import { sleep } from 'local-aws';
import { write } from '../terminal/output.ts';
import { number } from '../terminal/progress-text.ts';
import { withProgress } from '../terminal/with-progress.ts';
import type { OrdersContext, Run } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { parseMoment, shownTime } from './moment.ts';
import { wholeNumberOption } from './option-values.ts';
import { type ReadStatus, statusReader, type StatusReport } from './status-report.ts';
import { statusLines } from './status-text.ts';

interface StatusOptions {
  readonly watch?: boolean;
  readonly wait?: boolean;
  readonly sent?: number;
  readonly since: string;
}

const refreshMs = 2_000;
const waitPollMs = 300;
/** SQS's counts are approximate, so nothing in flight must be seen as often in a row. */
const quietReadings = 3;

export function defineStatus(program: Command, run: Run): void {
  program
    .command('status')
    .summary('where the orders are')
    .description(
      'Shows queues, failures by cause, function errors and the books: sent = processed + failed + in flight. ' +
        'Counting what is processed reads the whole table: on AWS half a read unit for each 4 KB.',
    )
    .option('--watch', 'refresh until Ctrl-C')
    .addOption(new Option('--wait', 'wait until nothing is in flight, then show').conflicts('watch'))
    .option(
      '--sent <n>',
      'how many orders were sent; exit code 1 when the books say otherwise',
      wholeNumberOption(0, 1e12),
    )
    .option('--since <time>', 'from when on function errors count: 10m, 2h, 3d', '1h')
    .addHelpText('after', '\nExample: orders status --wait --sent 1000')
    .action((options: StatusOptions) => run((context) => status(context, options)));
}

async function status(context: OrdersContext, options: StatusOptions): Promise<number> {
  const { io } = context;
  const read = await statusReader(context, parseMoment('--since', options.since, io.clock.now()));
  if (options.watch === true) return watch(context, read, options.sent);
  const report = options.wait === true ? await settled(context, read) : await read();
  if (context.json) await context.printJson(documentOf(report, options.sent));
  else await context.print(...statusLines(report, options.sent, context.paint, io.stdout.columns));
  return options.sent === undefined || options.sent === report.books.accountedFor
    ? exitCodes.done
    : exitCodes.notAllDone;
}

function documentOf(report: StatusReport, sent: number | undefined): object {
  return sent === undefined ? report : { ...report, sent, balanced: sent === report.books.accountedFor };
}

async function settled({ io }: OrdersContext, read: ReadStatus): Promise<StatusReport> {
  let report = await read();
  return withProgress(
    io,
    () => `${number(report.books.inFlight)} in flight`,
    async () => {
      for (let quiet = 0; ; report = await read()) {
        quiet = report.books.inFlight === 0 && report.replayed === report.overdue ? quiet + 1 : 0;
        if (quiet === quietReadings) return read({ fresh: true });
        await sleep(io.clock, waitPollMs, io.signal);
        io.signal.throwIfAborted();
      }
    },
  );
}

/** Refreshes in place on a terminal, and writes one report after the other elsewhere. */
async function watch(context: OrdersContext, read: ReadStatus, sent: number | undefined): Promise<number> {
  const { io, json, paint } = context;
  let shownLines = 0;
  while (!io.signal.aborted) {
    const report = await read();
    if (json) await context.printJson(documentOf(report, sent), 'line');
    else {
      const counted = report.countedAt === report.at ? '' : `, table counted ${shownTime(report.countedAt)}`;
      const head = `${context.where}, ${shownTime(report.at)} UTC${counted}, Ctrl-C stops`;
      const lines = [paint('dim', head), '', ...statusLines(report, sent, paint, io.stdout.columns), ''];
      if (io.stdout.isTTY === true && shownLines > 0) await write(io.stdout, `\u001B[${shownLines}A\u001B[J`);
      await context.print(...lines);
      shownLines = lines.length;
    }
    await sleep(io.clock, refreshMs, io.signal);
  }
  return exitCodes.done;
}
