import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { failures } from '../../../ops/ledger/failures.ts';
import { readOrderRecord } from '../../../ops/ledger/find-failure.ts';
import { deleteExported, exportedFailure } from '../../../ops/ledger/purge.ts';
import { wholeFailure, wholeFailures, wholeOrDamaged } from '../../../ops/ledger/whole-failure.ts';
import { attributeValues } from '../../../shared/attribute-value.ts';
import { bodyPieceKey } from '../../../shared/orders-table.ts';
import { captureConsole } from '../../lambdas/captured-console.ts';
import { order } from '../../lambdas/pipeline-functions.ts';
import { tableName } from '../../lambdas/local-table.ts';
import { type LocalLedger, startLocalLedger } from './local-ledger.ts';

captureConsole();
let ledger: LocalLedger;

beforeAll(async () => {
  ledger = await startLocalLedger();
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
});

/** A failure that lacks the first piece of its body. */
async function damagedFailure(id: string) {
  const { row } = await ledger.fail(`${id}-1`, order(id, { items: 'tea', note: 'x'.repeat(400_000) }));
  if ('body' in row) throw new Error('The body is not in pieces.');
  const Key = attributeValues(bodyPieceKey(id, row.bodyHash, 0));
  await ledger.local.client.send(new DeleteItemCommand({ TableName: tableName, Key }));
  return row;
}

test('a failure that lacks a piece of its body is left out of a list, by its id, and the rest is not', async () => {
  await ledger.fail('before-1', order('before', { items: 'tea' }));
  await damagedFailure('damaged');
  await ledger.fail('after-1', order('after', { items: 'tea' }));
  const whole: string[] = [];
  const damaged: string[] = [];
  const listed = () => failures(ledger.table, { status: 'failed' });
  for await (const { row } of wholeFailures(ledger.table, listed(), ({ row: { failureId }, damage }) => {
    damaged.push(`${failureId}: ${damage}`);
  }))
    whole.push(row.failureId);
  expect(whole).toEqual(['before-1', 'after-1']);
  expect(damaged).toEqual([expect.stringMatching(/^damaged-1: The body of order damaged is damaged: 1 of 2 pieces /)]);
});

test('a failure that lacks a piece of its body, asked for alone, is an error that says so', async () => {
  const row = await damagedFailure('alone');
  await expect(wholeFailure(ledger.table, row)).rejects.toThrow('The body of order alone is damaged');
});

test('a failure that lacks a piece of its body can be purged, with what is left of it', async () => {
  const exported = exportedFailure(await wholeOrDamaged(ledger.table, await damagedFailure('purged')));
  expect(exported).toMatchObject({ failureId: 'purged-1', body: null, damage: expect.stringContaining('1 of 2') });
  expect(await deleteExported(ledger.table, exported)).toBe('deleted');
  expect((await readOrderRecord(ledger.table, 'purged')).failures).toEqual([]);
  expect((await ledger.local.rows()).filter(({ pk }) => pk === 'ORDER#purged')).toEqual([]);
});
