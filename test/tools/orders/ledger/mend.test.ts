import { DeleteItemCommand, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mostEdits } from '../../../../shared/ledger/rows.ts';
import { messageLimits } from '../../../../shared/pipeline.ts';
import { bytesOf } from '../../../../tools/orders/aws/send.ts';
import { mend } from '../../../../tools/orders/ledger/mend.ts';
import { deleteExported, exportedFailure } from '../../../../tools/orders/ledger/purge.ts';
import { replayMessage } from '../../../../tools/orders/ledger/replay.ts';
import type { TableConnection } from '../../../../tools/orders/ledger/table.ts';
import { captureConsole } from '../../../lambdas/captured-console.ts';
import { type LocalLedger, startLocalLedger } from './local-ledger.ts';

captureConsole();
let ledger: LocalLedger;

beforeAll(async () => {
  ledger = await startLocalLedger();
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
});

const at = '2026-01-02T00:00:00.000Z';
const mending = (body: string) => ({ body, by: 'ada', at });
/** Without what the row of an order that is not processed remembers of its failures. */
const keysOf = async (orderKey: string) =>
  (await ledger.local.rows())
    .filter(({ pk, failedCopies }) => pk === `ORDER#${orderKey}` && failedCopies === undefined)
    .map(({ sk }) => String(sk).split('#')[0]);

test('a mended failure stays failed for the cause it failed for, and its history says who mended it', async () => {
  const failure = await ledger.fail('m-1', { orderId: 'small' });
  expect(await mend(ledger.table, failure, mending('{"mended":1}'))).toBeUndefined();
  const mended = await ledger.failure('small');
  expect(mended.body).toBe('{"mended":1}');
  expect(mended).toMatchObject({ status: 'failed', cause: failure.cause, causeShard: failure.causeShard });
  expect(mended.history.at(-1)).toEqual({ event: 'edited', by: 'ada', at });
});

test('of two people who mend the same failure, the second one is told', async () => {
  const failure = await ledger.fail('m-2', { orderId: 'twice' });
  expect(await mend(ledger.table, failure, mending('{"first":1}'))).toBeUndefined();
  expect(await mend(ledger.table, failure, mending('{"second":2}'))).toBe('was changed by somebody else meanwhile');
  expect((await ledger.failure('twice')).body).toBe('{"first":1}');
});

/** The command's table, of which the answer to each write is lost, so that the SDK asks again. */
function asksTwice(): TableConnection {
  const { client } = ledger.table;
  const config = { systemClockOffset: 0 } as DynamoDBClient['config'];
  const send: DynamoDBClient['send'] = async (command: unknown) => {
    if (command instanceof UpdateItemCommand || command instanceof DeleteItemCommand) await client.send(command);
    return client.send(command as never) as never;
  };
  return { ...ledger.table, client: { send, config } as DynamoDBClient };
}

test('an edit is none of somebody else because its answer was lost', async () => {
  const failure = await ledger.fail('m-8', { orderId: 'lost-answer' });
  expect(await mend(asksTwice(), failure, mending('{"mended":1}'))).toBeUndefined();
  expect((await ledger.failure('lost-answer')).history).toHaveLength(2);
});

test('a purge is done when the answer to its delete was lost', async () => {
  const failure = await ledger.fail('m-9', { orderId: 'purged-twice' });
  expect(await deleteExported(asksTwice(), exportedFailure(failure))).toBe('deleted');
  expect(await keysOf('purged-twice')).toEqual([]);
});

test('a failure whose row has no room for more edits stays as it is', async () => {
  let failure = await ledger.fail('m-7', { orderId: 'often' });
  for (let edit = 0; edit < mostEdits; edit += 1) {
    expect(await mend(ledger.table, failure, mending(`{"edit":${edit}}`))).toBeUndefined();
    failure = await ledger.failure('often');
  }
  expect(await mend(ledger.table, failure, mending('{}'))).toContain('edited 30 times, the most its row has room for');
  expect(await ledger.failure('often')).toEqual(failure);
});

test('a body whose replay would not fit into a message is refused, one byte less is taken', async () => {
  const failure = await ledger.fail('m-3', { orderId: 'large' });
  const most = messageLimits.bytes - bytesOf(replayMessage({ ...failure, body: '' }, 'ada'));
  const problem = await mend(ledger.table, failure, mending('x'.repeat(most + 1)));
  expect(problem).toMatch(
    /^would have 262145 bytes with its attributes and its lineage, the orders queue takes 262,144/,
  );
  expect(await ledger.failure('large')).toEqual(failure);
  expect(await mend(ledger.table, failure, mending('x'.repeat(most)))).toBeUndefined();
  expect((await ledger.failure('large')).body).toHaveLength(most);
});

test('a failure that changed since its export is not purged', async () => {
  const failure = await ledger.fail('m-4', { orderId: 'purged' });
  const stale = { ...exportedFailure(failure), history: [] };
  expect(await deleteExported(ledger.table, stale)).toBe('changed');
  expect(await deleteExported(ledger.table, exportedFailure(failure))).toBe('deleted');
  expect(await keysOf('purged')).toEqual([]);
});
