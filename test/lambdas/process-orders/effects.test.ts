import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { TableClient } from '../../../lambdas/common/table-client.ts';
import { processOrderIn } from '../../../lambdas/process-orders/process-order.ts';
import { defineProcessing, type OrderToProcess, RefusedOrder } from '../../../lambdas/process-orders/processing.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { mostReasonBytes } from '../../../shared/ledger/rows.ts';
import { captureConsole } from '../captured-console.ts';
import { done, failed, message, order, pipelineFunctions, replayed } from '../pipeline-functions.ts';
import { startPipelineWithTable } from '../pipeline-with-table.ts';

const lines = captureConsole();
const { local, rowsOf } = await startPipelineWithTable();
const rowOf = async (orderKey: string) => (await rowsOf(orderKey)).find(({ sk }) => sk === 'ORDER');

type Work = (given: OrderToProcess<object>, call: number) => Promise<void> | void;

/** Both functions, with this work for each order. */
function functionsWith(work: Work, { hasEffects = true, table = local.table, startMs = Date.UTC(2026, 0, 1) } = {}) {
  const calls: OrderToProcess<object>[] = [];
  const processing = defineProcessing({
    hasEffects,
    tools: () => ({}),
    async process(given) {
      calls.push(given);
      await work(given, calls.length);
    },
  });
  return { calls, ...pipelineFunctions(table, { processing, startMs }) };
}

/** A table that counts its requests, and may do something around the nth. */
function watched(around: (number: number, send: () => Promise<unknown>) => Promise<unknown> = (_, send) => send()) {
  const requests: string[] = [];
  const table: TableClient = {
    get: (...request) => (requests.push('GetItem'), local.table.get(...request)),
    async update(request, signal) {
      const number = requests.push('UpdateItem');
      return (await around(number, () => local.table.update(request, signal))) as ReturnType<TableClient['update']>;
    },
  };
  return { requests, table };
}

const cutShort = () => Promise.reject(new Error('cut short'));

describe('an order without effects', () => {
  test('costs one request, and is written after its work', async () => {
    const { requests, table } = watched();
    const seen: unknown[] = [];
    const functions = functionsWith(async () => void seen.push(await rowOf('plain')), { hasEffects: false, table });
    expect(await functions.processOrders([message('m1', order('plain'))])).toEqual(done);
    expect(requests).toEqual(['UpdateItem']);
    expect(seen).toEqual([undefined]);
    expect(await rowOf('plain')).toMatchObject({ messageId: 'm1', processedAt: expect.any(String) as unknown });
  });

  test('whose work throws is not written, and the row says why', async () => {
    const functions = functionsWith(() => Promise.reject(new RangeError('No such tax.')), { hasEffects: false });
    expect(await functions.processOrders([message('m1', order('plain-error'))])).toEqual(failed('m1'));
    const row = await rowOf('plain-error');
    expect(row).toMatchObject({ errorCount: 1, lastError: { error: 'RangeError: No such tax.' } });
    expect(row).not.toHaveProperty('processedAt');
  });
});

describe('an order with effects', () => {
  test('is claimed before its work, costs two requests, and then has the row of every processed order', async () => {
    const { requests, table } = watched();
    const seen: unknown[] = [];
    const functions = functionsWith(async () => void seen.push(await rowOf('two-steps')), { table });
    expect(await functions.processOrders([message('m1', order('two-steps'))])).toEqual(done);
    expect(requests).toEqual(['UpdateItem', 'UpdateItem']);
    expect(seen).toMatchObject([{ claimedUntil: '2026-01-01T00:00:11.000Z', claim: expect.any(String) as unknown }]);
    expect(seen[0]).not.toHaveProperty('contentHash');
    const plain = functionsWith(() => {}, { hasEffects: false });
    await plain.processOrders([message('m1', order('one-step'))]);
    expect(Object.keys((await rowOf('two-steps'))!)).toEqual(Object.keys((await rowOf('one-step'))!));
  });

  test('that is processed is not worked on again, whatever message brings it', async () => {
    const functions = functionsWith(() => {});
    await functions.processOrders([message('m1', order('again'))]);
    const once = await rowOf('again');
    expect(await functions.processOrders([message('m1', order('again'), 2), message('m2', order('again'))])).toEqual(
      done,
    );
    expect(functions.calls).toHaveLength(1);
    expect(await rowOf('again')).toEqual(once);
    expect(lines.map(({ line }) => line['message'])).toEqual(['Good Order', 'Duplicate Order', 'Duplicate Order']);
  });

  test('that another delivery has claimed waits until that one’s time is over, and is then worked on', async () => {
    const work = Promise.withResolvers<void>();
    const first = functionsWith(() => work.promise);
    const answer = first.processOrders([message('m1', order('held'))]);
    while (first.calls.length === 0) await setImmediate();
    const second = functionsWith(() => {});
    expect(await second.processOrders([message('m2', order('held'))])).toEqual(failed('m2'));
    expect(second.calls).toEqual([]);
    // 10 s are left of the first one's time, and 4 s would be the wait after a failure.
    expect(second.visibilityChanges).toMatchObject([{ VisibilityTimeout: 10 }]);
    expect(lines[0]).toMatchObject({ line: { message: 'Order Not Processed', error: { name: 'OrderClaimed' } } });
    const later = functionsWith(() => {}, { startMs: Date.UTC(2026, 0, 1, 0, 0, 11) });
    expect(await later.processOrders([message('m2', order('held'), 2)])).toEqual(done);
    expect(later.calls).toHaveLength(1);
    // The first delivery has done the same work with the same key: it finds a duplicate.
    work.resolve();
    expect(await answer).toEqual(done);
    expect(await rowOf('held')).toMatchObject({ messageId: 'm2' });
    expect([first, later].map(({ calls }) => calls[0]!.idempotencyKey)).toEqual(
      Array.from({ length: 2 }, () => later.calls[0]!.idempotencyKey),
    );
  });

  test('whose claim another order’s delivery has is not worked on, and conflicts once that one is processed', async () => {
    const work = Promise.withResolvers<void>();
    const first = functionsWith(() => work.promise);
    const answer = first.processOrders([message('m1', order('contended'))]);
    while (first.calls.length === 0) await setImmediate();
    const second = functionsWith(() => {});
    const another = message('m2', order('contended', { items: ['coffee'] }));
    expect(await second.processOrders([another])).toEqual(failed('m2'));
    work.resolve();
    expect(await answer).toEqual(done);
    expect(await second.processOrders([another])).toEqual(failed('m2'));
    expect(second.calls).toEqual([]);
    expect(lines.map(({ line }) => line['kind'])).toContain('conflicting-id');
  });

  test('whose work throws gives its claim back, and is tried again with the same key', async () => {
    const functions = functionsWith((_, call) =>
      call === 1 ? Promise.reject(new TypeError('fetch failed')) : undefined,
    );
    expect(await functions.processOrders([message('m1', order('flaky'))])).toEqual(failed('m1'));
    const row = await rowOf('flaky');
    expect(row).toMatchObject({ errorCount: 1, lastError: { error: 'TypeError: fetch failed' } });
    expect(row).not.toHaveProperty('claim');
    expect(await functions.processOrders([message('m2', order('flaky'))])).toEqual(done);
    expect(new Set(functions.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(await rowOf('flaky')).toMatchObject({ messageId: 'm2', errorCount: 1 });
  });

  test('whose time for work is up once it is claimed is not worked on, and gives its claim back', async () => {
    const work = new AbortController();
    const { table } = watched(async (number, send) => {
      const answer = await send();
      if (number === 1) work.abort();
      return answer;
    });
    const calls: unknown[] = [];
    // Work that does not look at its signal, and does not end.
    const process = (given: unknown) => (calls.push(given), new Promise<void>(() => {}));
    const processing = defineProcessing({ hasEffects: true, tools: () => ({}), process });
    const processOrder = processOrderIn(table, processing, { now: () => Date.UTC(2026, 0, 1), newToken: randomUUID });
    const example = exampleOrder(1, 'too-late');
    const { orderId, customerName } = example;
    const time = { work: work.signal, batch: new AbortController().signal, remainingMs: () => 10_000 };
    const given = { order: example, orderId, customerName, record: message('m1', example) };
    await expect(processOrder(given, time)).rejects.toThrow('no time left');
    expect(calls).toEqual([]);
    expect(await rowOf('too-late')).not.toHaveProperty('claim');
  });

  test('whose work does not end in time keeps its claim, because the work may go on', async () => {
    const functions = functionsWith(() => new Promise(() => {}));
    const answer = functions.processOrders([message('m1', order('hangs'))]);
    while (functions.calls.length === 0) await setImmediate();
    expect(functions.calls[0]!.signal.aborted).toBe(false);
    functions.outOfTime.abort();
    expect(functions.calls[0]!.signal.aborted).toBe(true);
    expect(await answer).toEqual(failed('m1'));
    expect(await rowOf('hangs')).toHaveProperty('claim');
  });

  test.each([
    ['the claim', 1],
    ['the write of the order', 2],
  ])('whose function ends after %s is done again, and never called processed before', async (_what, last) => {
    const id = `crash-${last}`;
    const { table } = watched(async (number, send) => {
      const answer = number <= last ? await send() : undefined;
      return number < last ? answer : cutShort();
    });
    const crashing = functionsWith(() => {}, { table });
    expect(await crashing.processOrders([message('m1', order(id))])).toEqual(failed('m1'));
    const later = functionsWith(() => {}, { startMs: Date.UTC(2026, 0, 1, 0, 1) });
    expect(await later.processOrders([message('m1', order(id), 2)])).toEqual(done);
    expect(await rowOf(id)).toMatchObject({ messageId: 'm1', processedAt: expect.any(String) as unknown });
    expect(later.calls).toHaveLength(last === 1 ? 1 : 0);
  });

  test('has a claim of its own also when the table’s answer is lost and the SDK asks again', async () => {
    const { table } = watched(async (_, send) => (await send(), send()));
    const functions = functionsWith(() => {}, { table });
    expect(await functions.processOrders([message('m1', order('lost-answer'))])).toEqual(done);
    expect(functions.calls).toHaveLength(1);
  });

  test('marks the failures of its copies and the one that it was replayed from', async () => {
    const functions = functionsWith(() => {});
    await functions.failedOrders([message('m1', order('marked')), message('m2', order('marked'))]);
    const lineage = { orderKey: 'marked', failureId: 'm1' };
    expect(await functions.processOrders([replayed(message('m3', order('marked')), lineage)])).toEqual(done);
    expect((await rowsOf('marked')).map(({ status }) => status)).toEqual(['processed', 'processed', undefined]);
  });
});

const reasons = ['/items: not in stock', '/customerAddress: too far away'] as const;
const refuse = () => Promise.reject(new RefusedOrder(...reasons));

describe.each([
  ['with effects', true],
  ['without effects', false],
])('an order that the processing refuses, %s,', (_name, hasEffects) => {
  const key = (name: string) => `${name}-${String(hasEffects)}`;
  test('is a permanent failure with its reasons, received again at once', async () => {
    const functions = functionsWith(refuse, { hasEffects });
    expect(await functions.processOrders([message('m1', order(key('refused')))])).toEqual(failed('m1'));
    expect(functions.visibilityChanges).toMatchObject([{ VisibilityTimeout: 0 }]);
    const again = await functions.processOrders([message('m1', order(key('refused')), 2)]);
    expect(again).toEqual(failed('m1'));
    const told = lines.filter(({ line }) => line['message'] === 'Bad Order');
    expect(told).toMatchObject(
      Array.from({ length: 2 }, () => ({ level: 'warn', line: { kind: 'refused', reasons } })),
    );
    // Without effects nothing looks into the row before the work, which can be done as often as one likes.
    expect(functions.calls).toHaveLength(hasEffects ? 1 : 2);
  });

  test('is processed when it comes in another message after the processing was mended', async () => {
    await functionsWith(refuse, { hasEffects }).processOrders([message('m1', order(key('mended')))]);
    const functions = functionsWith(() => {}, { hasEffects });
    expect(await functions.processOrders([message('m2', order(key('mended')))])).toEqual(done);
    expect(await rowOf(key('mended'))).toMatchObject({ messageId: 'm2' });
  });

  test('leaves its id to another order', async () => {
    await functionsWith(refuse, { hasEffects }).processOrders([message('m1', order(key('free')))]);
    const functions = functionsWith(() => {}, { hasEffects });
    const edited = message('m2', order(key('free'), { items: ['coffee'] }));
    expect(await functions.processOrders([edited])).toEqual(done);
  });

  test('is tried again when the table cannot keep the reasons', async () => {
    const { table } = watched((number, send) => (number === (hasEffects ? 2 : 1) ? cutShort() : send()));
    const functions = functionsWith(refuse, { hasEffects, table });
    expect(await functions.processOrders([message('m1', order(key('unkept')))])).toEqual(failed('m1'));
    expect(functions.visibilityChanges[0]!.VisibilityTimeout).toBeGreaterThan(0);
  });
});

test('of errors and refusals, however long, no more is kept than a row has room for', async () => {
  const long = '€'.repeat(2_000);
  await functionsWith(() => Promise.reject(new Error(long))).processOrders([message('m1', order('long-error'))]);
  const { error } = (await rowOf('long-error'))!['lastError'] as { error: string };
  expect(error).toMatch(/^Error: €+$/);
  expect(Buffer.byteLength(error)).toBeGreaterThan(mostReasonBytes - 3);
  expect(Buffer.byteLength(error)).toBeLessThanOrEqual(mostReasonBytes);
  await functionsWith(() => Promise.reject(new RefusedOrder(long, long))).processOrders([
    message('m1', order('long-refusal')),
  ]);
  const [text] = (await rowOf('long-refusal'))!['refusals'] as string[];
  expect(Buffer.byteLength(text!)).toBeLessThan(mostReasonBytes + 50);
});
