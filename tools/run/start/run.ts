import { sleep } from 'local-aws';
import { counted } from '../../orders/terminal/progress.ts';
import { countRows, readMailRows, type TableCounts } from '../local-pipeline.ts';
import type { Outcome } from './outcome.ts';
import { produce, type ProduceRequest, unlessAborted } from './produce.ts';
import { disagreement, forgottenRows, type RunBooks, type Tally } from './tally.ts';
import type { MailsOfRun } from './mails.ts';
import type { Told } from './told.ts';

/** A running pipeline, and what it shall do. */
export interface RunRequest extends ProduceRequest {
  readonly tally: Tally;
  /** Of a pipeline that tells others. */
  readonly told?: Told | undefined;
  /** Of a pipeline that sends mails. */
  readonly mails?: MailsOfRun | undefined;
}

const pollMs = 50;
/** The queues count orders. The log lines that describe them may come a moment later. */
const logGraceMs = 1_000;

/** Sends the orders, waits until every one has come to its end, and closes the books. Ctrl-C ends the wait. */
export async function runPipeline(request: RunRequest): Promise<Outcome> {
  const { tally, told, mails, options, clock, signal } = request;
  const startedAtMs = clock.now();
  const { seed, problems, http } = await produce(request);
  problems.push(...(await drain(request)));
  const endedAtMs = Math.max(tally.lastEventAtMs, startedAtMs + 1);
  problems.push(...(await drainMails(request)));

  const { books, table, disagrees } = await settle(request);
  if (disagrees !== undefined) problems.push(disagrees);
  if (http !== undefined && http.accepted > books.sent) {
    problems.push(`The HTTP door accepted ${http.accepted} orders, and only ${books.sent} came into the queue.`);
  }
  const forgotten = table === undefined ? undefined : forgottenRows(table, books);
  if (forgotten !== undefined) problems.push(forgotten);
  const untold = table === undefined ? undefined : told?.disagreement(table);
  if (untold !== undefined) problems.push(untold);
  // A terminal's Ctrl-C ends the process with the tables, too.
  const mailRows =
    mails === undefined || signal.aborted
      ? undefined
      : await unlessAborted(readMailRows(request.runtime, request.names.ordersTable), signal);
  const unsent = mailRows === undefined ? undefined : mails?.disagreement(mailRows);
  if (unsent !== undefined) problems.push(unsent);
  const durationMs = endedAtMs - startedAtMs;
  return {
    preset: options.preset,
    ...(seed === undefined ? {} : { seed }),
    ...(http !== undefined && { http }),
    ...(told !== undefined && { events: told.counts }),
    ...(mails !== undefined && { mails: mails.counts(mailRows) }),
    ...books,
    ...(table !== undefined && { table }),
    ...(signal.aborted && { stopped: true }),
    durationMs,
    ordersPerSecond: (books.processed + books.failed) / (durationMs / 1000),
    problems,
  };
}

interface Settled {
  readonly books: RunBooks;
  readonly table?: TableCounts;
  readonly disagrees?: string | undefined;
}

/** Closes the books when the log lines have come and the table agrees, or when the time for that is over. */
async function settle({ runtime, names, tally, clock, signal }: RunRequest): Promise<Settled> {
  // A terminal's Ctrl-C ends the process with the tables, too.
  if (signal.aborted) return { books: tally.books() };
  const graceEndsAtMs = clock.now() + logGraceMs;
  for (;;) {
    const table = await unlessAborted(countRows(runtime, names.ordersTable), signal);
    if (table === undefined) return { books: tally.books() };
    const books = tally.books();
    const disagrees = disagreement(table, books);
    const settled = disagrees === undefined && books.failures.length >= books.failed;
    if (settled || clock.now() >= graceEndsAtMs) return { books, table, disagrees };
    await sleep(clock, pollMs, signal);
  }
}

/** Without a dead-letter queue, orders that have not come to their end in this time are taken for those that never do. */
const withoutEndMs = 20_000;
const mostNamed = 10;

function neverEndText(tally: Tally): string {
  const messages = tally.messagesInFlight.slice(0, mostNamed);
  const tries = messages.map((id) => `${tally.label(id) ?? id} (received ${tally.tries(id)} times)`);
  return `Without a dead-letter queue, what fails comes back until it expires: ${tries.join(', ')}.`;
}

/**
 * Waits until nothing is in flight. It gives up when nothing has moved for longer than all timeouts together.
 *
 * @returns why it gave up, or nothing
 */
async function drain({ runtime, names, tally, clock, signal }: RunRequest): Promise<string[]> {
  const { queues } = runtime.model;
  const longestMs = longestSilenceMs(runtime);
  const orders = queues.find(({ name }) => name === names.ordersQueue);
  const comesBackForEver = orders !== undefined && orders.redrivePolicy === undefined;
  while (tally.inFlight > 0 && !signal.aborted) {
    if (comesBackForEver && clock.now() - tally.lastEndAtMs > withoutEndMs) return [neverEndText(tally)];
    if (clock.now() - tally.lastEventAtMs > longestMs) {
      return [`Gave up: nothing has moved for ${Math.round(longestMs / 1000)} s.`];
    }
    await sleep(clock, pollMs, signal);
  }
  return [];
}

/**
 * Waits until each notification that the topic gave to the queue is done, so that no function is at work when the run
 * ends. It gives up when none was done for longer than all timeouts together.
 *
 * @returns why it gave up, or nothing
 */
async function drainMails({ runtime, mails, clock, signal }: RunRequest): Promise<string[]> {
  if (mails === undefined) return [];
  const startedAtMs = clock.now();
  const longestMs = longestSilenceMs(runtime);
  while (mails.pending > 0 && !signal.aborted) {
    if (clock.now() - Math.max(mails.lastDoneAtMs, startedAtMs) > longestMs) {
      return [`Gave up on ${counted(mails.pending, 'mail')}: none was done for ${Math.round(longestMs / 1000)} s.`];
    }
    await sleep(clock, pollMs, signal);
  }
  return [];
}

/** Longer than whatever may lie hidden or be collected: all timeouts together, in milliseconds. */
function longestSilenceMs({ model: { queues, mappings } }: RunRequest['runtime']): number {
  return (
    1000 *
    (30 +
      2 * Math.max(0, ...queues.map((queue) => queue.visibilityTimeoutSeconds)) +
      Math.max(0, ...mappings.map((mapping) => mapping.windowSeconds)))
  );
}
