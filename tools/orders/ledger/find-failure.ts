import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { attributeValues, failureRowOf, fromItem } from '../../../shared/ledger/expressions.ts';
import {
  type FailureRow,
  failureRowKey,
  type OrderNotes,
  type OrderRow,
  orderRowKey,
} from '../../../shared/ledger/rows.ts';
import { CommandFailed, UsageError } from '../errors.ts';
import { type Hint, hintFor } from '../terminal/shell.ts';
import { idsThatBegin, isShortId } from '../short-ids.ts';
import { countFailures, failures, type FailureSummary, groupByCause, shardQueries } from './failures.ts';
import { type TableConnection, queryItems, readItems } from './table.ts';

/** Everything the table knows of one order. */
export interface OrderRecord {
  readonly order?: OrderRow;
  /** What is known of the tries of an order that is not processed. */
  readonly notes?: OrderNotes;
  /** In the order of their ids. */
  readonly failures: readonly FailureRow[];
}

/** Everything under an order key, which is the order's own id, or the id of its first message when it has none. */
export async function readOrderRecord(table: TableConnection, orderKey: string): Promise<OrderRecord> {
  const { client, name } = table;
  const [{ Item: item }, found] = await Promise.all([
    client.send(
      new GetItemCommand({ TableName: name, Key: attributeValues(orderRowKey(orderKey)), ConsistentRead: true }),
    ),
    readFailuresOf(table, orderKey),
  ]);
  if (item === undefined) return { failures: found };
  if (item['contentHash'] === undefined) return { notes: fromItem<OrderNotes>(item), failures: found };
  return { order: fromItem<OrderRow>(item), failures: found };
}

async function readFailuresOf(table: TableConnection, orderKey: string): Promise<FailureRow[]> {
  const { pk, sk } = failureRowKey(orderKey, '');
  const items = queryItems(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
    ExpressionAttributeValues: attributeValues({ ':pk': pk, ':sk': sk }),
  });
  return (await Array.fromAsync(items)).map(failureRowOf);
}

/**
 * Failures by an id that a person gives: the id of an order or of a failure, or the first digits of one, as a narrow
 * terminal shows it. No key contains the id of a failure whose order has its own id, so all failed and replayed failures
 * are searched for it.
 *
 * @throws {CommandFailed} when several ids begin so
 */
export async function findFailures(table: TableConnection, id: string): Promise<readonly FailureRow[]> {
  const direct = await readFailuresOf(table, id);
  if (direct.length > 0) return direct;
  const found = await summariesBy(table, 'failureId = :id', id);
  if (found.length > 0 || !isShortId(id)) return (await readItems(table, found.slice(0, 1))).map(failureRowOf);
  return findByShortId(table, id);
}

async function findByShortId(table: TableConnection, start: string): Promise<readonly FailureRow[]> {
  const [{ order }, found] = await Promise.all([
    readOrderRecord(table, start),
    summariesBy(table, 'begins_with(failureId, :id) OR begins_with(orderKey, :id)', start),
  ]);
  // An order that has just this id is meant, and has no failure.
  if (order !== undefined) return [];
  const [whole, ...others] = idsThatBegin(
    start,
    found.flatMap(({ failureId, orderKey }) => [orderKey, failureId]),
  );
  if (others.length > 0) throw severalBegin(start, [whole!, ...others]);
  const known = found.find(({ orderKey, failureId }) => orderKey === whole || failureId === whole);
  if (known === undefined) return [];
  return known.orderKey === whole ? readFailuresOf(table, whole) : (await readItems(table, [known])).map(failureRowOf);
}

/** What to tell of first digits that are those of several ids. */
export function severalBegin(start: string, ids: readonly string[]): CommandFailed {
  return new CommandFailed(`Several ids begin with ${start}: ${ids.slice(0, 10).join(', ')}.`);
}

/** Failed and replayed failures by their ids. */
async function summariesBy(table: TableConnection, filter: string, id: string): Promise<readonly FailureSummary[]> {
  const queries = (['failed', 'replayed'] as const).flatMap((status) => shardQueries({ status }));
  const found = queries.map((query) =>
    Array.fromAsync(
      queryItems(table, {
        ...query,
        FilterExpression: filter,
        ExpressionAttributeValues: { ...query.ExpressionAttributeValues, ':id': { S: id } },
      }),
    ),
  );
  return (await Promise.all(found)).flat().map((item) => fromItem<FailureSummary>(item));
}

/**
 * The one failure that waits for somebody under this id. With `resend` it may also be the one that is on its way.
 *
 * @throws {CommandFailed} when there is none, or more than one
 */
export async function findFailed(
  table: TableConnection,
  id: string,
  { resend = false, hint = hintFor() }: { readonly resend?: boolean; readonly hint?: Hint } = {},
): Promise<FailureRow> {
  const found = await findFailures(table, id);
  const waiting = found.filter(({ status }) => status === 'failed');
  const replayed = found.filter(({ status }) => status === 'replayed');
  const [failed, ...more] = resend && waiting.length === 0 ? replayed : waiting;
  if (failed !== undefined && more.length === 0) return failed;
  if (failed !== undefined) {
    const ids = [failed, ...more].map(({ failureId }) => failureId).join(', ');
    throw new CommandFailed(`Order ${id} has ${more.length + 1} failures: name one by its own id, ${ids}.`);
  }
  if (found.length === 0) {
    throw new CommandFailed(
      `There is no failure with the id ${id} that waits or is on its way. "${hint('failed --list')}" names all that ` +
        `wait, "${hint('show', [id])}" tells whether it has been processed.`,
    );
  }
  const story = `"${hint('show', [id])}" tells its story`;
  if (replayed.length === 0) throw new CommandFailed(`Failure ${id} has been processed since. ${story}.`);
  throw new CommandFailed(
    `Failure ${id} has been replayed and is on its way. ${story}. If its message was lost, ` +
      `"${hint('replay --force', [id])}" sends it again.`,
  );
}

const wholeLength = 12;

/**
 * The cause that a person means by its first digits.
 * @throws {UsageError} for what can be no fingerprint
 * @throws {CommandFailed} when no failure has such a cause, or several causes begin so
 */
export async function resolveCause(table: TableConnection, given: string): Promise<string> {
  const digits = given.toLowerCase();
  if (!/^[0-9a-f]{1,12}$/.test(digits)) {
    throw new UsageError(
      `--cause takes a fingerprint of up to 12 hex digits, as "orders failed" shows it, not "${given}".`,
    );
  }
  if (digits.length === wholeLength && (await countFailures(table, { cause: digits })) > 0) return digits;
  const causes = (await groupByCause(failures(table, { status: 'failed' }))).map(({ cause }) => cause);
  const [cause, ...others] = causes.filter((each) => each.startsWith(digits));
  if (cause === undefined) {
    const known =
      causes.length === 0 ? 'There are no failures at all.' : `The causes are ${causes.slice(0, 10).join(', ')}.`;
    throw new CommandFailed(`No failure has the cause ${given}. ${known}`);
  }
  if (others.length === 0) return cause;
  throw new CommandFailed(`Several causes begin with ${given}: ${[cause, ...others].join(', ')}.`);
}
