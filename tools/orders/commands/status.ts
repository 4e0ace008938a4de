import { type Command, Option } from 'commander';
import { functionNames } from '../aws/stack.ts';
import { exitCodes, wholeNumberOption } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { overdueAfterMs } from '../ledger/books.ts';
import { type ReadStatus, statusReader, type StatusReport } from '../status-report.ts';
import { lastLines, type Paint, printable, table, terminalLines, write } from '../terminal/output.ts';
import { counted, duration, number, withProgress } from '../terminal/progress.ts';
import { type Hint, hintFor } from '../terminal/shell.ts';
import { parseMoment, shownTime, sleep } from '../time.ts';
import { replayedLines } from './failed.ts';
import { causeTable } from './text.ts';

interface StatusOptions {
  readonly watch?: boolean;
  readonly wait?: boolean;
  readonly sent?: number;
  readonly since: string;
}

const refreshMs = 2_000;
const waitPollMs = 300;
/** SQS's counts are approximate, so zero in flight must be seen this often in a row. */
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
  else await context.print(...statusLines(report, options.sent, context.paint, io.stdout.columns, context.hint));
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
      const countTime = report.countedAt === report.at ? '' : `, table counted ${shownTime(report.countedAt)}`;
      const head = `${context.where}, ${shownTime(report.at)} UTC${countTime}, Ctrl-C stops`;
      const lines = [paint('dim', head), '', ...statusLines(report, sent, paint, io.stdout.columns, context.hint), ''];
      if (io.stdout.isTTY === true && shownLines > 0) await write(io.stdout, `\u001B[${shownLines}A\u001B[J`);
      const shown = io.stdout.isTTY === true ? lastLines(lines, io.stdout) : lines;
      await context.print(...shown);
      shownLines = shown.reduce((sum, line) => sum + terminalLines(line, io.stdout.columns), 0);
    }
    await sleep(io.clock, refreshMs, io.signal);
  }
  return exitCodes.done;
}

/** Causes shown; "orders failed" has all of them. */
const shownCauses = 10;

/** The pipeline at a moment, for a person. @param sent orders that were sent, if the person knows */
export function statusLines(
  report: StatusReport,
  sent: number | undefined,
  paint: Paint,
  width?: number,
  hint = hintFor(),
): string[] {
  const { books, queues, causes, failures, replayed, functionErrors } = report;
  const depths = Object.entries(queues).map(([name, { visible, notVisible, delayed, oldestAgeSeconds }]) => [
    name,
    number(visible),
    number(notVisible),
    number(delayed),
    oldestAgeSeconds === null ? '–' : duration(oldestAgeSeconds),
  ]);
  const right = 'right' as const;
  const columns = [
    { title: 'QUEUE' },
    { title: 'WAITING', align: right },
    { title: 'BEING RECEIVED', align: right },
    { title: 'DELAYED', align: right },
    { title: 'OLDEST', align: right },
  ];
  const errors = functionNames.filter((name) => functionErrors[name] > 0);
  return [
    ...table(columns, depths),
    ...(report.agesUnavailable === null ? [] : [printable(`OLDEST is not known: ${report.agesUnavailable}`)]),
    '',
    ...(causes.length > 0 ? [...causeTable(causes.slice(0, shownCauses), width), ''] : []),
    ...(causes.length > shownCauses ? [`… and ${number(causes.length - shownCauses)} more causes`, ''] : []),
    ...(failures === books.failed ? [] : [copiesLine(failures, books.failed)]),
    ...replayedLines(replayed, report.oldestReplayedAt, hint),
    ...(books.stuck > 0 ? [paint('red', stuckLine(books.stuck, hint))] : []),
    ...(books.parked > 0
      ? [paint('red', `${counted(books.parked, 'message')} parked: failed-orders could not handle them; see its log.`)]
      : []),
    errors.length === 0
      ? `No function errors since ${shownTime(functionErrors.since)} UTC.`
      : paint('red', `Function errors since ${shownTime(functionErrors.since)} UTC: `) +
        errors.map((name) => `${name} ${number(functionErrors[name])}`).join(', '),
    balanceLine(report, sent, paint),
  ];
}

/** Says why the failures of the table above are not the failed orders of the books. */
function copiesLine(failures: number, failed: number): string {
  return (
    `${counted(failures, 'failure')}, ${counted(failed, 'order')} failed: an order that was sent several times counts ` +
    'once, and as processed or on its way if a copy is.'
  );
}

function stuckLine(stuck: number, hint: Hint): string {
  const minutes = overdueAfterMs / 60_000;
  return (
    `${counted(stuck, 'order')} replayed more than ${minutes} minutes ago, and no message is left: ` +
    `"${hint(`replay --replayed-before ${minutes}m`)}" sends them again.`
  );
}

/** `sent 1,000 = processed 800 + failed 200` */
function balanceLine({ books }: StatusReport, sent: number | undefined, paint: Paint): string {
  const { processed, failed, inFlight, parked, stuck, accountedFor } = books;
  const terms = [`processed ${number(processed)}`, `failed ${number(failed)}`, `in flight ${number(inFlight)}`];
  if (parked > 0) terms.push(`parked ${number(parked)}`);
  if (stuck > 0) terms.push(`stuck ${number(stuck)}`);
  const sum = terms.join(' + ');
  if (sent === undefined) return `${sum} = ${number(accountedFor)} orders`;
  if (sent === accountedFor) return paint('green', `✔ sent ${number(sent)} = ${sum}`);
  return paint('red', `✘ sent ${number(sent)}, but ${sum} = ${number(accountedFor)}`);
}
