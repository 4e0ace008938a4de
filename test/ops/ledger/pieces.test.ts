import { DeleteItemCommand, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { OrdersTable as FunctionsTable } from '../../../lambdas/orders-table/orders-table.ts';
import { readOrderRecord } from '../../../ops/ledger/find-failure.ts';
import { markReplayed } from '../../../ops/ledger/mark-replayed.ts';
import { mend } from '../../../ops/ledger/mend.ts';
import type { OrdersTable } from '../../../ops/ledger/orders-table-client.ts';
import { readPieces } from '../../../ops/ledger/pieces.ts';
import { deleteExported, exportedFailure } from '../../../ops/ledger/purge.ts';
import { wholeFailure } from '../../../ops/ledger/whole-failure.ts';
import { pieceRestMs } from '../../../shared/orders-table.ts';
import { ManualClock } from '../../local/manual-clock.ts';
import { captureConsole } from '../../lambdas/captured-console.ts';
import { done, message, order, pipelineFunctions } from '../../lambdas/pipeline-functions.ts';
import { type LocalLedger, startLocalLedger } from './local-ledger.ts';

captureConsole();
let ledger: LocalLedger;
/** Two hours after the first failures, whose pieces have rested by now. */
const nowMs = Date.UTC(2026, 0, 1, 2);
const at = new Date(nowMs).toISOString();

beforeAll(async () => {
  ledger = await startLocalLedger(new ManualClock(nowMs));
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
});

const large = (id: string, changes = {}) => order(id, { note: 'x'.repeat(400_000), ...changes });
const small = (id: string) => ({ body: JSON.stringify(order(id)), by: 'ada', at });
const later = (): OrdersTable => ({ ...ledger.table, clock: new ManualClock(nowMs + 2 * pieceRestMs) });

/** The functions two hours later, where something happens after they wrote the pieces and before the row. */
function betweenTheirWrites(happen: () => Promise<unknown>) {
  const { table } = ledger.local;
  let updates = 0;
  const interrupted: FunctionsTable = {
    ...table,
    async update(...request) {
      updates += 1;
      if (updates === 1) await happen();
      return table.update(...request);
    },
  };
  return pipelineFunctions(interrupted, { startMs: nowMs });
}

/** The command's table, where something happens before its first request of a kind. */
function beforeFirst(Command: typeof DeleteItemCommand | typeof UpdateItemCommand, happen: () => Promise<unknown>) {
  const { client } = ledger.table;
  const config = { systemClockOffset: 0 } as DynamoDBClient['config'];
  let times = 0;
  const send: DynamoDBClient['send'] = async (command: unknown) => {
    if (command instanceof Command && (times += 1) === 1) await happen();
    return client.send(command as never) as never;
  };
  return { table: { ...ledger.table, client: { send, config } as DynamoDBClient }, times: () => times };
}

const piecesOf = async (orderKey: string) =>
  (await ledger.local.rows()).filter(({ pk, sk }) => pk === `ORDER#${orderKey}` && String(sk).startsWith('BODY#'));

async function processedBody(orderKey: string): Promise<string> {
  const { order: row } = await readOrderRecord(ledger.table, orderKey);
  if (row === undefined || 'body' in row) throw new Error('The order is not processed, or not in pieces.');
  return readPieces(ledger.table, orderKey, { hash: row.bodyHash, pieces: row.bodyPieces });
}

async function bodiesOfFailures(orderKey: string): Promise<readonly string[]> {
  const { failures } = await readOrderRecord(ledger.table, orderKey);
  return Promise.all(failures.map(async (row) => (await wholeFailure(ledger.table, row)).body));
}

test('an edit while a copy of the failure is being processed takes no piece of the copy', async () => {
  const failure = await ledger.fail('a-1', large('a'));
  const functions = betweenTheirWrites(() => mend(ledger.table, failure, small('a')));
  expect(await functions.processOrders([message('a-2', large('a'))])).toEqual(done);
  expect(await processedBody('a')).toBe(JSON.stringify(large('a')));
});

test('an edit while a copy of the failure is being written down takes no piece of the copy', async () => {
  const body = large('b', { items: 'tea' });
  const failure = await ledger.fail('b-1', body);
  const functions = betweenTheirWrites(() => mend(ledger.table, failure, small('b')));
  expect(await functions.failedOrders([message('b-2', body)])).toEqual(done);
  expect(await bodiesOfFailures('b')).toEqual([small('b').body, JSON.stringify(body)]);
});

test('a purge while a copy of the failure is being processed takes no piece of the copy', async () => {
  const failure = await ledger.fail('c-1', large('c'));
  const pieces = Promise.withResolvers<void>();
  const purge = Promise.withResolvers<void>();
  const functions = betweenTheirWrites(async () => {
    pieces.resolve();
    await purge.promise;
  });
  let copy: Promise<unknown> = Promise.resolve();
  const { table } = beforeFirst(DeleteItemCommand, async () => {
    copy = functions.processOrders([message('c-2', large('c'))]);
    await pieces.promise;
  });
  expect(await deleteExported(table, exportedFailure(failure))).toBe('deleted');
  purge.resolve();
  expect(await copy).toEqual(done);
  expect(await processedBody('c')).toBe(JSON.stringify(large('c')));
});

test('a copy that is processed after an edit found nobody naming the pieces, and before it deletes them, has them', async () => {
  const failure = await ledger.fail('d-1', large('d'));
  const functions = pipelineFunctions(ledger.local.table, { startMs: nowMs });
  const { table, times } = beforeFirst(DeleteItemCommand, () => functions.processOrders([message('d-2', large('d'))]));
  expect(await mend(table, failure, small('d'))).toBeUndefined();
  expect(times()).toBe(2);
  expect(await processedBody('d')).toBe(JSON.stringify(large('d')));
});

test('of two edits of copies, one that comes too late takes no piece of the other', async () => {
  const body = large('e', { items: 'tea' });
  await ledger.functions.failedOrders([message('e-1', body, 6), message('e-2', body, 6)]);
  const { failures } = await readOrderRecord(ledger.table, 'e');
  const [first, second] = await Promise.all(failures.map((row) => wholeFailure(ledger.table, row)));
  const mending = { body: JSON.stringify(large('e')), by: 'ada', at };
  await markReplayed(ledger.table, first!.row, { messageId: 'e-3', by: 'bob', at });
  const { table } = beforeFirst(UpdateItemCommand, () => mend(ledger.table, first!, mending));
  expect(await mend(table, second!, mending)).toBeUndefined();
  expect(await bodiesOfFailures('e')).toEqual([JSON.stringify(body), mending.body]);
});

test('an edit over which the computer fell asleep writes its pieces again before it names them', async () => {
  const failure = await ledger.fail('f-1', large('f', { items: 'tea' }));
  const clock = new ManualClock(nowMs);
  const { client } = ledger.table;
  const config = { systemClockOffset: 0 } as DynamoDBClient['config'];
  const slept = new Set<unknown>();
  const send: DynamoDBClient['send'] = async (command: unknown) => {
    const answer: unknown = await client.send(command as never);
    if (slept.size === 0) await clock.advance(8 * pieceRestMs);
    slept.add(command);
    return answer as never;
  };
  const table = { ...ledger.table, clock, client: { send, config } as DynamoDBClient };
  expect(await mend(table, failure, { body: JSON.stringify(large('f')), by: 'ada', at })).toBeUndefined();
  expect(new Set((await piecesOf('f')).map(({ writtenAt }) => writtenAt))).toEqual(
    new Set([new Date(clock.now()).toISOString()]),
  );
});

test('an edit on a computer whose clock is hours ahead takes no piece of a copy either', async () => {
  const failure = await ledger.fail('i-1', large('i'));
  const aheadMs = 4 * pieceRestMs;
  const { table } = beforeFirst(DeleteItemCommand, () => Promise.resolve());
  table.client.config.systemClockOffset = -aheadMs;
  const ahead = { ...table, clock: new ManualClock(nowMs + aheadMs) };
  const functions = betweenTheirWrites(() => mend(ahead, failure, small('i')));
  expect(await functions.processOrders([message('i-2', large('i'))])).toEqual(done);
  expect(await processedBody('i')).toBe(JSON.stringify(large('i')));
});

test('pieces that an edit left, being young, go with a later purge of the order', async () => {
  const failure = await ledger.fail('g-1', large('g'));
  await mend(ledger.table, failure, { body: JSON.stringify(large('g', { items: ['coffee'] })), by: 'ada', at });
  await mend(ledger.table, await ledger.failure('g'), small('g'));
  expect(await piecesOf('g')).toHaveLength(2);
  expect(await deleteExported(later(), exportedFailure(await ledger.failure('g')))).toBe('deleted');
  expect(await piecesOf('g')).toEqual([]);
});

test('a failure whose pieces are young is not purged yet: nobody would find them again', async () => {
  await pipelineFunctions(ledger.local.table, { startMs: nowMs }).failedOrders([
    message('h-1', large('h', { items: 'tea' })),
  ]);
  const exported = exportedFailure(await ledger.failure('h'));
  expect(await deleteExported(ledger.table, exported)).toBe('recent');
  expect(await bodiesOfFailures('h')).toEqual([exported.body]);
  expect(await deleteExported(later(), exported)).toBe('deleted');
  expect(await piecesOf('h')).toEqual([]);
});
