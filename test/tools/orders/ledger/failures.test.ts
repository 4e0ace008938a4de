import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  countFailures,
  countProcessed,
  failureRows,
  failures,
  groupByCause,
} from '../../../../tools/orders/ledger/failures.ts';
import { captureConsole } from '../../../lambdas/captured-console.ts';
import { message, order } from '../../../lambdas/pipeline-functions.ts';
import { failureRow, type LocalLedger, putFailures, startLocalLedger } from './local-ledger.ts';

captureConsole();
let ledger: LocalLedger;

const total = 600;
const timeOf = (index: number) => new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString();

beforeAll(async () => {
  ledger = await startLocalLedger();
  // 600 × 20 KB: more than one page of 1 MB in each shard of both indexes.
  const rows = Array.from({ length: total }, (_, index) =>
    failureRow(`failure-${index}`, timeOf(index), {
      cause: index % 3 === 0 ? 'cccccccccccc' : 'aaaaaaaaaaaa',
      reasons: [`/items/${index} ${'x'.repeat(20_000)}`],
    }),
  );
  for (let from = 0; from < total; from += 50) await putFailures(ledger.table, rows.slice(from, from + 50));
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
});

async function idsOf(stream: AsyncIterable<{ readonly failureId: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { failureId } of stream) ids.push(failureId);
  return ids;
}

test('failures come in the order of their time, from all pages of all shards', async () => {
  const all = Array.from({ length: total }, (_, index) => `failure-${index}`);
  expect(await idsOf(failures(ledger.table, { status: 'failed' }))).toEqual(all);
  expect(await countFailures(ledger.table, { status: 'failed' })).toBe(total);
  const ofCause = all.filter((_, index) => index % 3 === 0);
  expect(await idsOf(failures(ledger.table, { cause: 'cccccccccccc' }))).toEqual(ofCause);
  expect(await countFailures(ledger.table, { cause: 'cccccccccccc' })).toBe(ofCause.length);
  expect(await countFailures(ledger.table, { status: 'replayed' })).toBe(0);
});

test('`since` counts in, `before` does not', async () => {
  const range = { since: timeOf(10), before: timeOf(13) };
  const expected = ['failure-10', 'failure-11', 'failure-12'];
  expect(await idsOf(failures(ledger.table, { status: 'failed', ...range }))).toEqual(expected);
  expect(await countFailures(ledger.table, { status: 'failed', ...range })).toBe(3);
  expect(await countFailures(ledger.table, { status: 'failed', before: timeOf(1) })).toBe(1);
  expect(await countFailures(ledger.table, { status: 'failed', since: timeOf(total - 1) })).toBe(1);
});

test('groups are counted by cause, the largest first, with * for array indexes, of one failure, too', async () => {
  const groups = await groupByCause(failures(ledger.table, { status: 'failed' }));
  expect(groups.map(({ cause, count }) => [cause, count])).toEqual([
    ['aaaaaaaaaaaa', 400],
    ['cccccccccccc', 200],
  ]);
  expect(groups[0]).toMatchObject({ firstFailedAt: timeOf(1), lastFailedAt: timeOf(599) });
  expect(groups[0]?.reasons[0]).toMatch(/^\/items\/\* x/);
  const [alone] = await groupByCause(failures(ledger.table, { status: 'failed', before: timeOf(1) }));
  expect(alone).toMatchObject({ count: 1, reasons: [expect.stringMatching(/^\/items\/\* x/)] });
});

test('whole rows come in order, without those that changed since they were listed', async () => {
  const listed = failures(ledger.table, { status: 'failed', before: timeOf(150) });
  async function* changed() {
    for await (const summary of listed) {
      yield summary.failureId === 'failure-7' ? { ...summary, failedAt: timeOf(700) } : summary;
    }
  }
  const ids: string[] = [];
  for await (const row of failureRows(ledger.table, changed())) ids.push(row.failureId);
  expect(ids).toEqual(Array.from({ length: 150 }, (_, index) => `failure-${index}`).filter((id) => id !== 'failure-7'));
});

test('processed orders are counted one by one, and nothing else', async () => {
  const records = Array.from({ length: 5 }, (_, index) => message(`good-${index}`, order(`good-${index}`)));
  await ledger.functions.processOrders([...records, records[0]!]);
  expect(await countProcessed(ledger.table)).toBe(5);
});
