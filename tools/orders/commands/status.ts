import { type Command, Option } from 'commander';
import { functionNames } from '../aws/stack.ts';
import { exitCodes, wholeNumberOption } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { UsageError } from '../errors.ts';
import { overdueAfterMs } from '../ledger/books.ts';
import { isMoving, type ReadStatus, statusReader, type StatusReport } from '../status-report.ts';
import { lastLines, type Paint, printable, table, terminalLines, write, wrappedProse } from '../terminal/output.ts';
import { counted, duration, number } from '../terminal/progress.ts';
import { type Hint, hintFor } from '../terminal/shell.ts';
import { parseDuration, parseMoment, shownTime, sleep } from '../time.ts';
import { replayedLines } from './failed.ts';
import { lateText, waitRules, waitUntilSettled } from './status-wait.ts';
import { causeTable } from './text.ts';

interface StatusOptions {
  readonly watch?: boolean;
  readonly wait?: boolean;
  readonly sent?: number;
  readonly timeout?: string;
  readonly since: string;
}

const refreshMs = 2_000;

const waitHelp = `
On AWS, the counts of queues are exact a minute after the last message was sent.
So --wait needs a minute in which nothing is in flight. With --sent, --wait also
waits for orders that are nowhere yet: on AWS for five minutes, with --local not
at all. --timeout limits all of it, and is then the time for these orders, too.
When the time is up, the exit code is 1.

Example: orders status --wait --sent 1000 --timeout 30m`;

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
    .option('--timeout <time>', 'how long --wait waits at most: 90s, 10m, 2h')
    .option('--since <time>', 'from when on function errors count: 10m, 2h, 3d', '1h')
    .addHelpText('after', waitHelp)
    .action((options: StatusOptions) => run((context) => status(context, options)));
}

async function status(context: OrdersContext, options: StatusOptions): Promise<number> {
  const { io } = context;
  const { wait = false, sent, timeout } = options;
  if (timeout !== undefined && !wait) throw new UsageError('--timeout limits --wait, which is missing.');
  const timeoutMs = timeout === undefined ? undefined : parseDuration('--timeout', timeout);
  const read = await statusReader(context, parseMoment('--since', options.since, io.clock.now()));
  if (options.watch === true) return watch(context, read, sent);
  const where = context.target.endpoint === undefined ? 'aws' : 'local';
  const { report, isSettled } = wait
    ? await waitUntilSettled(context, read, waitRules(where, sent, timeoutMs))
    : { report: await read(), isSettled: true };
  if (context.json) await context.printJson({ ...documentOf(report, sent), ...(wait && { settled: isSettled }) });
  else await context.print(...statusLines(report, sent, context.paint, io.stdout.columns, context.hint));
  if (!isSettled) io.stderr.write(`${io.signal.aborted ? 'Stopped before the end.' : lateText(report)}\n`);
  const isBalanced = sent === undefined || sent === report.books.accountedFor;
  return isSettled && isBalanced ? exitCodes.done : exitCodes.notAllDone;
}

function documentOf(report: StatusReport, sent: number | undefined): object {
  const document = { ...report, moving: isMoving(report) };
  return sent === undefined ? document : { ...document, sent, balanced: sent === report.books.accountedFor };
}

/** Refreshes in place on a terminal, and writes one report after the other elsewhere. */
async function watch(context: OrdersContext, read: ReadStatus, sent: number | undefined): Promise<number> {
  const { io, json, paint } = context;
  let shownLines = 0;
  while (!io.signal.aborted) {
    const report = await read();
    if (json) await context.printJson(documentOf(report, sent), 'line');
    else {
      const countTime = report.countedAt === report.at ? '' : `, table counted ${shownTime(report.countedAt)} UTC`;
      const head = `${context.where}, ${shownTime(report.at)} UTC${countTime}, Ctrl-C stops`;
      const heading = wrappedProse(head, io.stdout.columns).split('\n');
      const lines = [
        ...heading.map((line) => paint('dim', line)),
        '',
        ...statusLines(report, sent, paint, io.stdout.columns, context.hint),
        '',
      ];
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
  width = Infinity,
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
  const prose = (text: string, style?: Parameters<Paint>[0]) =>
    wrappedProse(text, width)
      .split('\n')
      .map((line) => (style === undefined ? line : paint(style, line)));
  const errors = functionNames.some((name) => (functionErrors[name] ?? 0) > 0);
  return [
    ...table(columns, depths),
    ...(report.agesUnavailable === null ? [] : prose(printable(`OLDEST is not known: ${report.agesUnavailable}`))),
    ...hiddenLines(report).flatMap((line) => prose(line)),
    '',
    ...(causes.length > 0 ? [...causeTable(causes.slice(0, shownCauses), width), ''] : []),
    ...(causes.length > shownCauses ? [`… and ${number(causes.length - shownCauses)} more causes`, ''] : []),
    ...(failures === books.failed ? [] : prose(copiesLine(failures, books.failed))),
    ...replayedLines(replayed, report.oldestReplayedAt, hint).flatMap((line) => prose(line)),
    ...(books.stuck > 0 ? prose(stuckLine(books.stuck, hint), 'red') : []),
    ...(books.parked > 0
      ? prose(`${counted(books.parked, 'message')} parked: failed-orders could not handle them; see its log.`, 'red')
      : []),
    ...(errors
      ? [
          paint('red', `Function errors since ${shownTime(functionErrors.since)} UTC:`),
          ...errorTable(report, width),
          '',
        ]
      : [`No function errors since ${shownTime(functionErrors.since)} UTC.`]),
    ...prose(...balance(report, sent)),
  ];
}

/** Kinds of errors shown; --json has all of them. */
const shownErrors = 10;

function errorTable({ errorGroups }: StatusReport, width: number): string[] {
  const rows = errorGroups
    .slice(0, shownErrors)
    .map((group) => [number(group.count), group.function, shownTime(group.lastAt), printable(group.message)]);
  const more = errorGroups.length - rows.length;
  return [
    ...table(
      [{ title: 'ERRORS', align: 'right' }, { title: 'FUNCTION' }, { title: 'LAST (UTC)' }, { title: 'MESSAGE' }],
      rows,
      width,
    ),
    ...(more > 0 ? [`… and ${counted(more, 'other message')}: --json has all of them.`] : []),
  ];
}

/** When hidden messages come back. SQS tells nobody; the functions log it of those that they will try again. */
function hiddenLines({ at, queues }: StatusReport): string[] {
  return Object.entries(queues).flatMap(([name, { notVisible, nextTryAt, visibilityTimeoutSeconds }]) => {
    if (notVisible === 0) return [];
    const hidden = `${name}: ${counted(notVisible, 'message')} hidden.`;
    if (nextTryAt === null) {
      return [
        `${hidden} What its function does not delete comes back ${duration(visibilityTimeoutSeconds)} after its receive.`,
      ];
    }
    const inSeconds = (Date.parse(nextTryAt) - Date.parse(at)) / 1000;
    return [`${hidden} The next comes back in ${duration(inSeconds)}, at ${shownTime(nextTryAt)} UTC.`];
  });
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

/**
 * `sent 1,000 = processed 800 + failed 200`. While orders move, there is no equation: what is processed or failed is at
 * least what was counted, and an order in flight may have been counted there, too.
 */
function balance(report: StatusReport, sent: number | undefined): [text: string, style?: 'green' | 'yellow' | 'red'] {
  const { processed, failed, inFlight, parked, stuck, accountedFor } = report.books;
  const others = [
    ...(parked > 0 ? [`parked ${number(parked)}`] : []),
    ...(stuck > 0 ? [`stuck ${number(stuck)}`] : []),
  ];
  const ends = [`processed ${number(processed)}`, `failed ${number(failed)}`];
  if (isMoving(report)) {
    const ended = processed + failed;
    const ofSent = sent === undefined || ended > sent ? '' : ` of ${number(sent)}`;
    const rest = [`about ${number(inFlight)} in flight`, ...others].join(', ');
    const text = `Orders move: at least ${number(ended)}${ofSent} have come to an end (${ends.join(', ')}), ${rest}.`;
    return [text, 'yellow'];
  }
  const sum = [...ends, `in flight ${number(inFlight)}`, ...others].join(' + ');
  if (sent === undefined) return [`${sum} = ${number(accountedFor)} orders`];
  if (sent === accountedFor) return [`✔ sent ${number(sent)} = ${sum}`, 'green'];
  return [`✘ sent ${number(sent)}, but ${sum} = ${number(accountedFor)}`, 'red'];
}
