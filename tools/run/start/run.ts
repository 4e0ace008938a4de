import { sleep } from 'local-aws';
import { countRows, type TableCounts } from '../local-pipeline.ts';
import type { Outcome } from './outcome.ts';
import { produce, type ProduceRequest, unlessAborted } from './produce.ts';
import { disagreement, forgottenRows, type RunBooks, type Tally } from './tally.ts';
import type { Told } from './told.ts';

/** A running pipeline, and what it shall do. */
export interface RunRequest extends ProduceRequest {
  readonly tally: Tally;
  /** Of a pipeline that tells others. */
  readonly told?: Told | undefined;
}

const pollMs = 50;
/** The queues count orders. The log lines that describe them may come a moment later. */
const logGraceMs = 1_000;

/** Sends the orders, waits until every one has come to its end, and closes the books. Ctrl-C ends the wait. */
export async function runPipeline(request: RunRequest): Promise<Outcome> {
  const { tally, told, options, clock } = request;
  const startedAtMs = clock.now();
  const { seed, problems, http } = await produce(request);
  problems.push(...(await drain(request)));
  const endedAtMs = Math.max(tally.lastEventAtMs, startedAtMs + 1);

  const { books, table, disagrees } = await settle(request);
  if (disagrees !== undefined) problems.push(disagrees);
  if (http !== undefined && http.accepted > books.sent) {
    problems.push(`The HTTP door accepted ${http.accepted} orders, and only ${books.sent} came into the queue.`);
  }
  const forgotten = table === undefined ? undefined : forgottenRows(table, books);
  if (forgotten !== undefined) problems.push(forgotten);
  const untold = table === undefined ? undefined : told?.disagreement(table);
  if (untold !== undefined) problems.push(untold);
  const durationMs = endedAtMs - startedAtMs;
  return {
    preset: options.preset,
    ...(seed === undefined ? {} : { seed }),
    ...(http !== undefined && { http }),
    ...(told !== undefined && { events: told.counts }),
    ...books,
    ...(table !== undefined && { table }),
    ...(request.signal.aborted && { stopped: true }),
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
  const { queues, mappings } = runtime.model;
  const longestSilenceMs =
    1000 *
    (30 +
      2 * Math.max(0, ...queues.map((queue) => queue.visibilityTimeoutSeconds)) +
      Math.max(0, ...mappings.map((mapping) => mapping.windowSeconds)));
  const orders = queues.find(({ name }) => name === names.ordersQueue);
  const comesBackForEver = orders !== undefined && orders.redrivePolicy === undefined;
  while (tally.inFlight > 0 && !signal.aborted) {
    if (comesBackForEver && clock.now() - tally.lastEndAtMs > withoutEndMs) return [neverEndText(tally)];
    if (clock.now() - tally.lastEventAtMs > longestSilenceMs) {
      return [`Gave up: nothing has moved for ${Math.round(longestSilenceMs / 1000)} s.`];
    }
    await sleep(clock, pollMs, signal);
  }
  return [];
}
