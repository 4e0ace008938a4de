import type { Command } from 'commander';
import { readLogMessage } from '../aws/lambda-log.ts';
import { logEvents, orderPatterns } from '../aws/logs.ts';
import { exitCodes, idArgument, wholeNumberOption } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { CommandFailed } from '../errors.ts';
import { isOfAnotherOrder, stateOf } from '../ledger/books.ts';
import { findFailures, type OrderRecord, readOrderRecord, severalBegin } from '../ledger/find-failure.ts';
import { type LifeEvent, lifeOf, messageIdsOf, type OrderLogLine } from '../ledger/life.ts';
import { mailText, readMailRow } from '../ledger/mails.ts';
import { exportedFailure } from '../ledger/purge.ts';
import type { TableConnection } from '../ledger/table.ts';
import { idsThatBegin, isShortId, shortId } from '../short-ids.ts';
import { type Paint, printable, table, wrappedProse } from '../terminal/output.ts';
import { counted, withProgress } from '../terminal/progress.ts';
import { isoTime, parseMoment } from '../time.ts';
import { triesLines } from './text.ts';

export function defineShow(program: Command, run: Run): void {
  program
    .command('show')
    .summary("one order's whole life")
    .description('Tells what happened to an order, from table and logs, in the order of time.')
    .argument(
      '<id>',
      'id of the order, the failure, or a message that brought the order (first digits will do)',
      idArgument,
    )
    .option('--since <time>', 'how far back to look in the logs (default: to the first that the table knows, or 14d)')
    .option(
      '--limit <n>',
      'most lines of each list; 0 for all (with --json: all)',
      wholeNumberOption(0, 10_000_000),
      defaultLimit,
    )
    .addHelpText('after', '\nExample: orders show 4be0643f-1d98-573b-97cd-ca98a65347dd')
    .action((id: string, options: ShowOptions) => run((context) => show(context, id, options)));
}

interface ShowOptions {
  readonly since?: string;
  readonly limit: number;
}

/** An order that is sent again and again has as many events and failures. */
const defaultLimit = 100;

/** A message lives 14 days at most. */
const longestLife = '14d';
/** Clocks of functions and queues differ a little. */
const clockSkewMs = 60_000;
/** A longer body is cut. --json has all of it. */
const shownBodyCharacters = 2_000;

async function show(context: OrdersContext, given: string, { since, limit }: ShowOptions): Promise<number> {
  const { io, paint } = context;
  const orders = await context.table();
  const { id, record, lines } = await everythingAbout(context, orders, given, since);
  const events = lifeOf(record, lines);
  if (events.length === 0) {
    throw new CommandFailed(
      `Nothing is known of ${id}: neither the table nor the logs name it. Perhaps nobody has received it yet. ` +
        "What was processed long ago is found by its order's id.",
    );
  }
  const { order = null, failures, notes = {} } = record;
  const named = failures.find(({ failureId }) => failureId === id);
  // The id of a failure of another order names that one alone.
  const state =
    named !== undefined && isOfAnotherOrder(named)
      ? stateOf([named], named.status === 'processed')
      : stateOf(failures, order !== null || events.some(({ event }) => event === 'processed'));
  const mail = order === null ? undefined : await readMailRow(orders, order.orderKey);
  if (context.json) {
    const { errorCount = 0, lastError = null, claimedUntil = null } = order ?? notes;
    const tries = { errorCount, lastError, claimedUntil };
    const tellsMail = mail !== undefined && { mail };
    await context.printJson({ id, state, tries, events, order, ...tellsMail, failures: failures.map(exportedFailure) });
    return exitCodes.done;
  }
  await context.print(`Order ${printable(id)}: ${paint(styles[state], state)}`, '');
  const shown = limit > 0 ? events.slice(-limit) : events;
  if (shown.length < events.length) await context.print(earlierText(events.length - shown.length, 'event'));
  await context.print(...lifeTable(shown, paint, io.stdout.columns));
  if (mail !== undefined) await context.print('', wrappedProse(mailText(mail), io.stdout.columns));
  const tries = triesLines(notes, isoTime(io.clock.now()));
  if (tries.length > 0) await context.print('', ...tries);
  const waiting = failures.filter(({ status }) => status === 'failed');
  if (waiting.length > 0 && state === 'processed') {
    await context.print(
      '',
      `The order is processed. ${counted(waiting.length, 'failure')} under its id still ${waiting.length === 1 ? 'waits' : 'wait'}:`,
    );
  }
  const shownFailures = limit > 0 ? waiting.slice(-limit) : waiting;
  if (shownFailures.length < waiting.length) {
    await context.print('', earlierText(waiting.length - shownFailures.length, 'failure'));
  }
  for (const { failureId, cause, body } of shownFailures) {
    const title = wrappedProse(`Failure ${failureId}, cause ${cause}:`, io.stdout.columns);
    await context.print('', title, `  ${bodyText(body)}`);
  }
  return exitCodes.done;
}

function earlierText(count: number, what: string): string {
  return `… ${counted(count, what)} left out: --limit 0 shows all.`;
}

function bodyText(body: string): string {
  const cut = body.length > shownBodyCharacters ? ' … (--json has all of it)' : '';
  return `${printable(body.slice(0, shownBodyCharacters))}${cut}`;
}

const styles = { processed: 'green', failed: 'red', replayed: 'yellow', 'in flight': 'yellow' } as const;

interface Everything {
  /** The whole of the id that the person gave. */
  readonly id: string;
  readonly record: OrderRecord;
  readonly lines: readonly OrderLogLine[];
}

async function everythingAbout(
  context: OrdersContext,
  orders: TableConnection,
  id: string,
  since: string | undefined,
): Promise<Everything> {
  const record = await recordOf(orders, id);
  const lines = await linesAbout(context, id, record, since);
  if (isKnown(record))
    return { id: wholeId(id, [record.failures[0]?.orderKey, ...messageIdsOf(record)]), record, lines };
  const ids = lines.flatMap(({ fields: { orderId, messageId } }) => [orderId, messageId]);
  const whole = wholeId(id, ids);
  const named = await recordNamedIn(lines, orders, whole);
  return named === undefined
    ? { id: whole, record, lines }
    : { id: whole, record: named, lines: await linesAbout(context, whole, named, since) };
}

/**
 * The id that begins with the digits that a person gave, of the ids of one order.
 * @throws {CommandFailed} when several begin so
 */
function wholeId(given: string, known: readonly unknown[]): string {
  if (!isShortId(given)) return given;
  const ids = idsThatBegin(
    given,
    known.filter((id) => typeof id === 'string'),
  );
  if (ids.length > 1) throw severalBegin(given, ids);
  return ids[0] ?? given;
}

/**
 * No index contains the id of a message whose order has been processed, and a search would read the whole table. The
 * log lines about the message name the order.
 */
async function recordNamedIn(
  lines: readonly OrderLogLine[],
  orders: TableConnection,
  id: string,
): Promise<OrderRecord | undefined> {
  const orderIds = new Set(lines.map(({ fields }) => fields['orderId']).filter((named) => typeof named === 'string'));
  for (const orderId of orderIds) {
    const record = await readOrderRecord(orders, orderId);
    // A line may name the id of another order: that id was taken.
    if (orderId === id || messageIdsOf(record).includes(id)) return record;
  }
  return undefined;
}

const isKnown = ({ order, failures }: OrderRecord) => order !== undefined || failures.length > 0;

async function recordOf(orders: TableConnection, id: string): Promise<OrderRecord> {
  const record = await readOrderRecord(orders, id);
  if (isKnown(record)) return record;
  const [failure] = await findFailures(orders, id);
  return failure === undefined ? record : readOrderRecord(orders, failure.orderKey);
}

async function linesAbout(
  { io, clients, ...context }: OrdersContext,
  id: string,
  record: OrderRecord,
  since: string | undefined,
): Promise<OrderLogLine[]> {
  const { order, failures } = record;
  const times = [
    order?.sentAt,
    order?.processedAt,
    ...failures.flatMap((row) => [row.sentAt, row.firstSeenAt, row.firstFailedAt]),
  ];
  const first = times.filter((time) => time !== undefined).toSorted()[0];
  const startMs =
    since === undefined && first !== undefined
      ? Date.parse(first) - clockSkewMs
      : parseMoment('--since', since ?? longestLife, io.clock.now());
  const { logGroups } = await context.outputs();
  const lines: OrderLogLine[] = [];
  return withProgress(
    io,
    () => `searching the logs, ${lines.length} lines found`,
    async () => {
      for (const pattern of orderPatterns([id, ...messageIdsOf(record)])) {
        for (const name of ['process-orders', 'failed-orders'] as const) {
          const found = logEvents(clients.logs, { logGroupName: logGroups[name], startMs, pattern });
          for await (const { atMs, message } of found) {
            io.signal.throwIfAborted();
            const read = readLogMessage(message);
            if (read?.fields !== undefined) lines.push({ atMs, fields: { ...read.fields, message: read.text } });
          }
        }
      }
      return lines;
    },
  );
}

function lifeTable(events: readonly LifeEvent[], paint: Paint, width: number | undefined): string[] {
  const rows = events.map(({ at, event, receiveCount, by, outcome, messageId }) => [
    at.slice(0, 23).replace('T', ' '),
    event,
    messageId ?? '',
    [receiveCount === undefined ? [] : [`receive ${receiveCount}`], by === undefined ? [] : [`by ${by}`], outcome ?? []]
      .flat()
      .map(printable)
      .join(', '),
  ]);
  const [head = '', ...lines] = table(
    [{ title: 'WHEN (UTC)' }, { title: 'WHAT' }, { title: 'MESSAGE', short: shortId }, { title: '' }],
    rows,
    width,
  );
  return [paint('dim', head), ...lines];
}
