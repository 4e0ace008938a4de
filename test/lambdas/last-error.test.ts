import { describe, expect, test } from '@jest/globals';
import { defineProcessing, RefusedOrder } from '../../lambdas/process-orders/processing.ts';
import type { TableClient } from '../../lambdas/common/table-client.ts';
import { captureConsole } from './captured-console.ts';
import { done, failed, message, order, pipelineFunctions, replayed } from './pipeline-functions.ts';
import { startPipelineWithTable } from './pipeline-with-table.ts';

/*
 * What failed-orders says of an order whose processing failed: the true reason, and never that it was processed.
 */
const lines = captureConsole();
const { local, rowsOf } = await startPipelineWithTable();
const failureOf = async (orderKey: string, failureId = 'm1') =>
  (await rowsOf(orderKey)).find(({ sk }) => sk === `FAILURE#${failureId}`);

type Work = () => Promise<void>;
const early = Date.UTC(2026, 0, 1);
const later = Date.UTC(2026, 0, 1, 0, 5);

function functionsWith(process: Work, { hasEffects = true, startMs = early, table = local.table } = {}) {
  const processing = defineProcessing({ hasEffects, tools: () => ({}), process });
  return pipelineFunctions(table, { processing, startMs });
}

const good = () => Promise.resolve();
const cutShort = () => Promise.reject(new Error('cut short'));

// What is thrown may be anything.
// oxlint-disable-next-line typescript/prefer-promise-reject-errors
const failing = (thrown: unknown) => () => Promise.reject(thrown);

/** The table, as a function meets it that ends after its first request. */
const crashing: () => TableClient = () => {
  let requests = 0;
  const update: TableClient['update'] = (...request) =>
    (requests += 1) === 1 ? local.table.update(...request) : cutShort();
  return { get: cutShort, update };
};

describe.each([
  ['with effects', true],
  ['without effects', false],
])('an order that ran out of attempts, %s,', (_name, hasEffects) => {
  const key = (name: string) => `${name}-${String(hasEffects)}`;

  test('has the last error of its processing for a reason', async () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:80');
    const failures = [new Error('first'), new TypeError('fetch failed', { cause })];
    for (const error of failures)
      await functionsWith(failing(error), { hasEffects }).processOrders([message('m1', order(key('erring')))]);
    await functionsWith(good, { startMs: later }).failedOrders([message('m1', order(key('erring')), 6)]);
    const reasons = ['TypeError: fetch failed (Error: connect ECONNREFUSED 127.0.0.1:80)'];
    expect(await failureOf(key('erring'))).toMatchObject({ status: 'failed', kind: 'out-of-attempts', reasons });
    expect(lines.at(-1)).toMatchObject({ line: { message: 'Failed Order', kind: 'out-of-attempts', reasons } });
  });

  test('has the cause that others with the same kind of error have', async () => {
    const causes = new Set<unknown>();
    for (const [index, text] of [
      'The label service answered 503 to order 4be0643f-1d98-573b-97cd-ca98a65347dd.',
      'The label service answered 503 to order 065fcbb5-c031-4c70-99bd-92fb4140bcbd.',
      'The label service answered 401 to order 065fcbb5-c031-4c70-99bd-92fb4140bcbd.',
    ].entries()) {
      const id = key(`grouped-${index}`);
      await functionsWith(failing(new Error(text)), { hasEffects }).processOrders([message('m1', order(id))]);
      await functionsWith(good, { startMs: later }).failedOrders([message('m1', order(id), 6)]);
      causes.add((await failureOf(id))!['cause']);
    }
    expect(causes.size).toBe(2);
  });

  test('does not have the error of another order with its id', async () => {
    const coffee = order(key('other'), { items: ['coffee'] });
    await functionsWith(failing(new Error('no coffee')), { hasEffects }).processOrders([message('m2', coffee)]);
    await functionsWith(good, { startMs: later }).failedOrders([message('m1', order(key('other')), 6)]);
    expect(await failureOf(key('other'))).toMatchObject({ kind: 'out-of-attempts', reasons: [] });
  });
});

/** An error none of whose texts can be read. */
function unreadable(): Error {
  const error = new Error('unreadable');
  const get = () => {
    throw error;
  };
  for (const name of ['name', 'message', 'stack', 'cause']) Object.defineProperty(error, name, { get });
  return error;
}

const ring = new Error('a ring');
ring.cause = ring;

describe.each([
  ['undefined', undefined, 'undefined: undefined'],
  ['an object without a text', Object.create(null), 'object: '],
  ['a symbol', Symbol('gone'), 'symbol: Symbol(gone)'],
  ['an error that throws itself when it is read', unreadable(), 'object: '],
  ['an error whose message is an object', Object.assign(new Error(), { message: { a: 1 } }), 'Error: [object Object]'],
  [
    'an error whose name is a symbol',
    Object.assign(new Error('nameless'), { name: Symbol('n') }),
    'object: cannot be read',
  ],
  ['an error whose cause cannot be read', new Error('outer', { cause: unreadable() }), 'Error: outer'],
  ['an error that is its own cause', ring, 'Error: a ring (Error: a ring)'],
])('work that throws %s', (what, thrown, text) => {
  const key = what.replaceAll(' ', '-');

  test('fails its own order alone, is kept in the row, and gives the claim back', async () => {
    const functions = functionsWith(failing(thrown));
    const records = [message('m1', order(key)), message('m2', 'no order')];
    expect(await functions.processOrders(records)).toEqual(failed('m1', 'm2'));
    const [row] = await rowsOf(key);
    expect(row).toMatchObject({ lastError: { error: expect.stringContaining(text) as unknown } });
    expect(row).not.toHaveProperty('claim');
  });
});

test('an error with a huge text is short in the log', async () => {
  const huge = new Error('x'.repeat(1_000_000));
  await functionsWith(failing(huge)).processOrders([message('m1', order('huge'))]);
  expect(JSON.stringify(lines).length).toBeLessThan(40_000);
});

describe('an order whose function ended while it worked', () => {
  test('is not called processed, and says what is known', async () => {
    await functionsWith(failing(new Error('an earlier try'))).processOrders([message('m1', order('crashed'))]);
    await functionsWith(good, { table: crashing() }).processOrders([message('m1', order('crashed'), 2)]);
    await functionsWith(good, { startMs: later }).failedOrders([message('m1', order('crashed'), 6)]);
    expect(await failureOf('crashed')).toMatchObject({
      kind: 'out-of-attempts',
      reasons: [expect.stringMatching(/^Interrupted: /)],
    });
  });

  test('is processed by its replay, once its claim is over, and the failure is marked', async () => {
    await functionsWith(good, { table: crashing() }).processOrders([message('m1', order('replayed'))]);
    await functionsWith(good, { startMs: later }).failedOrders([message('m1', order('replayed'), 6)]);
    const replay = replayed(message('m2', order('replayed')), { orderKey: 'replayed', failureId: 'm1' });
    expect(await functionsWith(good, { startMs: later }).processOrders([replay])).toEqual(done);
    expect(await failureOf('replayed')).toMatchObject({ status: 'processed' });
  });

  test('leaves its id to an edited order, once its claim is over', async () => {
    await functionsWith(good, { table: crashing() }).processOrders([message('m1', order('edited'))]);
    await functionsWith(good, { startMs: later }).failedOrders([message('m1', order('edited'), 6)]);
    const edited = message('m2', order('edited', { items: ['coffee'] }));
    expect(await functionsWith(good, { startMs: later }).processOrders([edited])).toEqual(done);
  });

  test('is no failure any more when the copy that has claimed the id is processed', async () => {
    await functionsWith(failing(new Error('a try of m1'))).processOrders([message('m1', order('copied'))]);
    const copy = functionsWith(async () => {
      expect(await functionsWith(good).failedOrders([message('m1', order('copied'), 6)])).toEqual(done);
    });
    expect(await copy.processOrders([message('m2', order('copied'))])).toEqual(done);
    expect(await failureOf('copied')).toMatchObject({ status: 'processed', reasons: ['Error: a try of m1'] });
  });
});

describe.each([
  ['with effects', true],
  ['without effects', false],
])('an order that the processing refused, %s,', (_name, hasEffects) => {
  const key = (name: string) => `${name}-refused-${String(hasEffects)}`;
  const refusing = failing(new RefusedOrder('/items: not in stock'));

  test('is in the ledger as refused, with the reasons, also when its id is another order’s by then', async () => {
    const refused = [message('m1', order(key('taken')))];
    await functionsWith(refusing, { hasEffects }).processOrders(refused);
    await functionsWith(good, { hasEffects }).processOrders([message('m2', order(key('taken'), { items: [] }))]);
    await functionsWith(good, { startMs: later }).failedOrders([message('m1', order(key('taken')), 6)]);
    const reasons = ['/items: not in stock'];
    expect(await failureOf(key('taken'))).toMatchObject({ status: 'failed', kind: 'refused', reasons });
  });

  test('is no failure any more when a copy or a replay of it is processed later', async () => {
    await functionsWith(refusing, { hasEffects }).processOrders([message('m1', order(key('mended')))]);
    await functionsWith(good, { startMs: later }).failedOrders([message('m1', order(key('mended')), 6)]);
    expect(await failureOf(key('mended'))).toMatchObject({ status: 'failed', kind: 'refused' });
    const copy = [message('m2', order(key('mended')))];
    expect(await functionsWith(good, { hasEffects, startMs: later }).processOrders(copy)).toEqual(done);
    expect(await failureOf(key('mended'))).toMatchObject({ status: 'processed' });
  });
});
