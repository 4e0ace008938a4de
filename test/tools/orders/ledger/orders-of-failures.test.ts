import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OrdersOfFailures, type Standing } from '../../../../tools/orders/ledger/books.ts';
import type { FailureSummary } from '../../../../tools/orders/ledger/failures.ts';
import { captureConsole } from '../../../lambdas/captured-console.ts';
import { message, order } from '../../../lambdas/pipeline-functions.ts';
import { failureRow, type LocalLedger, startLocalLedger } from './local-ledger.ts';

captureConsole();
let ledger: LocalLedger;

beforeAll(async () => {
  ledger = await startLocalLedger();
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
});

let messages = 0;
function failureOf(orderKey: string, changes: Partial<FailureSummary> = {}): FailureSummary {
  const failureId = `message-${(messages += 1)}`;
  return failureRow(failureId, '2026-01-01T00:00:00.000Z', {
    orderKey,
    pk: `ORDER#${orderKey}`,
    ...changes,
  }) as FailureSummary;
}

async function unprocessed(...failures: readonly (readonly [FailureSummary, Standing])[]) {
  const orders = new OrdersOfFailures();
  for (const [failure, standing] of failures) orders.add(failure, standing);
  return orders.unprocessed(ledger.table);
}

test('an order with several failures counts once, and one without an id for each message', async () => {
  const named = [failureOf('a'), failureOf('a'), failureOf('b')];
  const unnamed = ['m-1', 'm-2'].map((id) => failureOf(id, { failureId: id }));
  const failures = [...named, ...unnamed].map((failure) => [failure, 'failed'] as const);
  expect(await unprocessed(...failures)).toEqual({ failed: 4, overdue: 0 });
});

test('an order that was processed does not count, but another order that claims its id does', async () => {
  await ledger.functions.processOrders([message('good', order('done'))]);
  const failures = [failureOf('done'), failureOf('done', { kind: 'conflicting-id' }), failureOf('waits')];
  expect(await unprocessed(...failures.map((failure) => [failure, 'failed'] as const))).toEqual({
    failed: 2,
    overdue: 0,
  });
  expect(await unprocessed([failureOf('done'), 'overdue'])).toEqual({ failed: 0, overdue: 0 });
});

test('an order whose row has only copies of it written down is not processed', async () => {
  await ledger.functions.failedOrders([message('copy-1', order('copied'), 6)]);
  expect(await unprocessed([failureOf('copied'), 'failed'])).toEqual({ failed: 1, overdue: 0 });
});

test.each<[readonly Standing[], { failed: number; overdue: number }]>([
  [['failed', 'overdue'], { failed: 0, overdue: 1 }],
  [['overdue', 'failed'], { failed: 0, overdue: 1 }],
  [['overdue', 'on the way'], { failed: 0, overdue: 0 }],
  [['on the way', 'failed'], { failed: 0, overdue: 0 }],
])('an order whose failures stand %j is in one place', async (standings, expected) => {
  expect(await unprocessed(...standings.map((standing) => [failureOf('mixed'), standing] as const))).toEqual(expected);
});

test('more orders than one round of lookups are all looked up', async () => {
  const total = 1_050;
  const processed = [3, 99, 100, 801, total - 1];
  await ledger.functions.processOrders(processed.map((index) => message(`good-${index}`, order(`of-many-${index}`))));
  const failures = Array.from({ length: total }, (_, index) => [failureOf(`of-many-${index}`), 'failed'] as const);
  expect(await unprocessed(...failures)).toEqual({ failed: total - processed.length, overdue: 0 });
});
