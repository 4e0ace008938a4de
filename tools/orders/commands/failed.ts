import { type Command, Option } from 'commander';
import { exitCodes, searchedText, wholeNumberOption } from '../command-line.ts';
import type { OrdersContext, Run } from '../context.ts';
import { UsageError } from '../errors.ts';
import { readReplayed, sentAgainAt } from '../ledger/books.ts';
import {
  type CauseGroup,
  failureRows,
  failures,
  type FailureSelection,
  type FailureSummary,
  groupByCause,
} from '../ledger/failures.ts';
import { resolveCause } from '../ledger/find-failure.ts';
import type { TableConnection } from '../ledger/table.ts';
import { shortId, shortIds } from '../short-ids.ts';
import { printable, table } from '../terminal/output.ts';
import { counted, number } from '../terminal/progress.ts';
import { hintFor } from '../terminal/shell.ts';
import { isoTime, parseMoment, shownTime } from '../time.ts';
import { causeTable, whyText } from './text.ts';

interface FailedOptions {
  readonly status: 'failed' | 'replayed';
  readonly cause?: string;
  readonly since?: string;
  readonly search?: string;
  readonly list?: boolean;
  readonly limit: number;
}

export function defineFailed(program: Command, run: Run): void {
  program
    .command('failed')
    .summary('what failed, grouped by cause')
    .description('Shows the failures in the ledger: grouped by cause, or one by one for a cause or a search.')
    .option('--cause <fingerprint>', 'list those of one cause (its first digits will do)')
    .option('--since <time>', 'only those that failed since: 10m, 2h, 3d, 2026-11-20')
    .option('--search <text>', 'list those with this text in their id, reasons or body', searchedText)
    .option('--list', 'list all of them instead of grouping')
    .addOption(
      new Option('--status <status>', 'replayed: list those that were sent again and have not come to an end')
        .choices(['failed', 'replayed'])
        .default('failed'),
    )
    .option('--limit <n>', 'most lines of a list; 0 for all (with --json: all)', wholeNumberOption(0, 10_000_000), 50)
    .addHelpText('after', '\nExample: orders failed --since 2h --search "Main Street"')
    .action((options: FailedOptions) => run((context) => failed(context, options)));
}

async function failed(context: OrdersContext, options: FailedOptions): Promise<number> {
  const { cause, since, search, list, status } = options;
  if (status === 'replayed' && cause !== undefined) {
    throw new UsageError('A failure that is replayed has no cause: leave out --cause or --status.');
  }
  const sinceMs = since === undefined ? undefined : parseMoment('--since', since, context.io.clock.now());
  const range = sinceMs === undefined ? {} : { since: isoTime(sinceMs) };
  const orders = await context.table();
  const selection: FailureSelection =
    cause === undefined ? { status, ...range } : { cause: await resolveCause(orders, cause), ...range };
  if (status === 'failed' && cause === undefined && search === undefined && list === undefined)
    return grouped(context, orders, selection);
  const found = search === undefined ? failures(orders, selection) : matching(orders, selection, search);
  return context.json ? streamed(context, found) : listed(context, found, options);
}

async function grouped(context: OrdersContext, orders: TableConnection, selection: FailureSelection): Promise<number> {
  const [causes, onTheirWay] = await Promise.all([groupByCause(failures(orders, selection)), readReplayed(orders)]);
  const total = causes.reduce((sum, { count }) => sum + count, 0);
  if (context.json) {
    await context.printJson({ failed: total, replayed: onTheirWay.count, causes });
    return exitCodes.done;
  }
  await context.print(headline(total, causes));
  if (causes.length > 1) {
    await context.print('', ...causeTable(causes, context.io.stdout.columns));
  } else if (causes[0] !== undefined) {
    const { cause, firstFailedAt, lastFailedAt } = causes[0];
    await context.print(`cause ${cause}, first ${shownTime(firstFailedAt)}, last ${shownTime(lastFailedAt)} UTC`);
  }
  await context.print(...replayedLines(onTheirWay.count, onTheirWay.oldestAt, context.hint));
  return exitCodes.done;
}

/** `12 failures, 1 cause: /customerAddress is required` */
function headline(total: number, causes: readonly CauseGroup[]): string {
  if (total === 0) return 'No failures.';
  const counts = `${counted(total, 'failure')}, ${counted(causes.length, 'cause')}`;
  return causes.length === 1 ? `${counts}: ${printable(whyText(causes[0]!))}` : counts;
}

async function* matching(
  orders: TableConnection,
  selection: FailureSelection,
  text: string,
): AsyncGenerator<FailureSummary> {
  const wanted = text.toLowerCase();
  for await (const row of failureRows(orders, failures(orders, selection))) {
    const searched = [row.failureId, row.orderKey, ...row.reasons, row.body];
    if (searched.some((each) => each.toLowerCase().includes(wanted))) yield row;
  }
}

async function streamed(context: OrdersContext, found: AsyncIterable<FailureSummary>): Promise<number> {
  for await (const failure of found) {
    context.io.signal.throwIfAborted();
    const { failureId, orderKey, orderId = null, status, kind, reasons, cause, replayCount, failedAt } = failure;
    const { replayedAt = null } = failure;
    const line = { failureId, orderKey, orderId, status, kind, reasons, cause, replayCount, failedAt, replayedAt };
    await context.printJson(line, 'line');
  }
  return exitCodes.done;
}

async function listed(
  context: OrdersContext,
  found: AsyncIterable<FailureSummary>,
  { limit, status }: FailedOptions,
): Promise<number> {
  const rows: { readonly failureId: string; readonly cells: readonly string[] }[] = [];
  let more = 0;
  for await (const failure of found) {
    context.io.signal.throwIfAborted();
    if (limit > 0 && rows.length === limit) {
      more += 1;
      continue;
    }
    const { failureId, orderKey, failedAt, replayCount, cause } = failure;
    const at = status === 'replayed' ? sentAgainAt(failure) : failedAt;
    const why = printable(whyText(failure));
    rows.push({ failureId, cells: [shownTime(at), printable(orderKey), cause, String(replayCount), why] });
  }
  if (rows.length === 0) {
    await context.print(status === 'replayed' ? 'No replayed failure is on its way.' : 'No failures.');
    return exitCodes.done;
  }
  const columns = [
    { title: status === 'replayed' ? 'REPLAYED (UTC)' : 'FAILED (UTC)' },
    { title: 'ORDER', short: shortId },
    { title: 'FAILURE' },
    // The first digits will do for --cause.
    { title: 'CAUSE', short: (cause: string) => cause.slice(0, 8) },
    { title: 'REPLAYS', align: 'right' },
    { title: 'WHY' },
  ] as const;
  const shown = shortIds(rows.map(({ failureId }) => failureId));
  const lines = rows.map(({ failureId, cells: [at = '', order = '', ...rest] }) => [
    at,
    order,
    shown.get(failureId) ?? failureId,
    ...rest,
  ]);
  await context.print(...table(columns, lines, context.io.stdout.columns));
  if (more > 0) await context.print(`… and ${number(more)} more: --limit 0 lists all.`);
  return exitCodes.done;
}

/**
 * Says that failures are on their way again, and since when. A failure that has been on its way for days has lost its
 * message.
 */
export function replayedLines(count: number, oldestAt: string | null, hint = hintFor()): string[] {
  if (count === 0 || oldestAt === null) return [];
  const since = count === 1 ? 'since' : 'the oldest since';
  return [
    `${counted(count, 'failure')} replayed and on the way, ${since} ${shownTime(oldestAt)} UTC ` +
      `("${hint('failed --status replayed')}").`,
  ];
}
