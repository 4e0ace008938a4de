import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mersenne } from 'pure-rand/generator/mersenne';
import { orderSequence } from '../../shared/order/order-sequence.ts';
import { countFailures, countProcessed, failureRows, failures } from '../../tools/orders/ledger/failures.ts';
import { replay, type ReplayOutcome } from '../../tools/orders/ledger/replay.ts';
import { contentHashOf } from '../../shared/ledger/content.ts';
import { orderRowKey } from '../../shared/ledger/rows.ts';
import { failureKinds, logMessages } from '../../shared/telemetry.ts';
import { readOrder } from '../../shared/order/read-order.ts';
import type { Fate } from './killer.ts';
import type { Rows } from '../../tools/trial/evidence.ts';
import { type RunUnderFire, startRunUnderFire } from './run-under-fire.ts';

/*
 * Nothing is lost, and nothing is processed twice: 1,500 orders through the stack as it is deployed, while processes of
 * its functions are killed and every message is delivered a second time.
 *
 * Processing an order is, in this release, writing its row: once, under a condition. So what is to be shown is that an
 * order's row is written where there is none exactly once, and that every later write of it found that same row and
 * left it so; the table's own answers say both. It says nothing of what a later release might do for an order besides.
 *
 * What is random is drawn from the seed; when what is drawn happens is up to the machine. Another seed, and the figures
 * of the run: SEED=7 npm test -- test/acceptance. More orders: ORDERS=5000 beside it.
 */
const seed = Number(process.env['SEED'] ?? 4);
const request = { count: Number(process.env['ORDERS'] ?? 1_500), badRate: 0.1, seed };
const kills = { processOrders: 20, failedOrders: 10 };

const orders = [...orderSequence({ ...request, from: 0 })];
const good = orders.filter(({ body }) => readOrder(body).kind === 'order');
const bad = orders.filter(({ body }) => readOrder(body).kind !== 'order');
/** Every order is in two at least, and each has at most ten: no kill is planned for one that never comes. */
const fewestInvocations = { processOrders: (2 * good.length) / 10, failedOrders: (2 * bad.length) / 10 };
/** Far from each other, so that they are in no batch together. */
const fates = new Map<string, Fate['dies']>(
  [0.1, 0.3, 0.5, 0.7, 0.9].map((part, index) => [
    good[Math.floor(part * good.length)]!.orderId,
    index % 2 === 0 ? 'before it reads' : 'after it wrote',
  ]),
);

let run: RunUnderFire;
let rows: Rows;

beforeAll(async () => {
  const startedAtMs = performance.now();
  const generator = mersenne(seed);
  run = await startRunUnderFire(() => (generator.next() >>> 0) / 2 ** 32);
  const { runtime, names, killer } = run;
  killer.atRandom(names.processOrders, kills.processOrders, fewestInvocations.processOrders);
  killer.atRandom(names.failedOrders, kills.failedOrders, fewestInvocations.failedOrders);
  for (const [orderId, dies] of fates) killer.doom(orderId, { of: names.processOrders, dies });
  await runtime.lambda.invoke(names.generateOrders, JSON.stringify(request));
  await run.quiet();
  killer[Symbol.dispose]();
  rows = await run.rows();
  if (process.env['SEED'] !== undefined) console.info(figures(performance.now() - startedAtMs));
  // It takes a quarter of a minute on an idle machine.
}, 300_000);

afterAll(async () => {
  await run[Symbol.asyncDispose]();
});

const outOfAttempts = () => rows.failures.filter(({ kind }) => kind === failureKinds.outOfAttempts);
/** Generated bodies are small: all are in their rows. */
const bodyOf = (row: object) => (row as { readonly body?: string }).body ?? '';

test('the run was as hard as it was meant to be', () => {
  const { killer, names, journal, deliveries } = run;
  const sent = [...journal.sent.values()];
  expect(sent.toSorted()).toEqual(orders.map(({ body }) => body).toSorted());
  expect(good).toHaveLength(0.9 * request.count);

  for (const functionName of [names.processOrders, names.failedOrders]) {
    expect(killer.random.get(functionName)).toBeGreaterThanOrEqual(8);
    expect(journal.crashes.get(functionName)).toBeGreaterThan(0);
  }
  expect(killer.fated).toBeGreaterThanOrEqual(5);

  const [ofOrders, ofBadOrders] = deliveries;
  const twice = (messageIds: Iterable<string>, delivered: typeof ofOrders) =>
    [...messageIds].filter((messageId) => (delivered.get(messageId)?.times ?? 0) < 2);
  expect(twice(journal.sent.keys(), ofOrders)).toEqual([]);
  expect(twice(journal.moved, ofBadOrders)).toEqual([]);
  expect(journal.logged(logMessages.duplicateOrder)).toBeGreaterThan(0);
});

describe('no order is lost', () => {
  test('each good one is processed, or in the ledger as out of attempts, and never both', () => {
    const processed = new Set(rows.orders.map(bodyOf));
    const failed = new Set(outOfAttempts().map(bodyOf));
    expect(good.filter(({ body }) => processed.has(body) === failed.has(body))).toEqual([]);
    expect(processed.size + failed.size).toBe(good.length);
  });

  test('each bad one is in the ledger, once, with what is wrong with it', () => {
    const found = rows.failures.filter(({ kind }) => kind !== failureKinds.outOfAttempts);
    const faults = found.map((row) => [bodyOf(row), row.kind, ...row.reasons].join('\n'));
    const expected = bad.map(({ body }) => {
      const read = readOrder(body);
      return [body, read.kind, ...('reasons' in read ? read.reasons : [])].join('\n');
    });
    expect(faults.toSorted()).toEqual(expected.toSorted());
    expect(found.filter(({ reasons, status }) => reasons.length === 0 || status !== 'failed')).toEqual([]);
  });

  test('the books balance: sent = processed + failed, with nothing in flight', async () => {
    const processed = await countProcessed(run.table);
    const failed = await countFailures(run.table, { status: 'failed' });
    expect({ processed, failed }).toEqual({ processed: rows.orders.length, failed: rows.failures.length });
    expect(processed + failed).toBe(request.count);
    expect(run.runtime.sqs.queues()).toHaveLength(3);
    expect(run.messages()).toBe(0);
  });
});

describe('no order is processed twice', () => {
  test('its row was written where there was none exactly once, with what was sent', () => {
    const { created } = run.writes;
    expect([...created.values()].filter((times) => times !== 1)).toEqual([]);
    expect([...created.keys()].toSorted()).toEqual(rows.orders.map(({ orderKey }) => orderKey).toSorted());
    const sent = new Map(good.map(({ orderId, body }) => [orderRowKey(orderId).pk, body]));
    const wrong = rows.orders.filter(
      (row) => bodyOf(row) !== sent.get(row.pk) || row.contentHash !== contentHashOf(bodyOf(row)),
    );
    expect(wrong).toEqual([]);
  });

  test('every later write of it found that row as it is now', () => {
    const now = new Map(rows.orders.map((row) => [row.pk, row]));
    const { found } = run.writes;
    expect(found.length).toBeGreaterThan(good.length / 2);
    for (const row of found) expect(row).toEqual(now.get(row.pk));
  });

  test('one whose functions died after writing it, every time, is processed and no failure', () => {
    const processed = new Set(rows.orders.map(bodyOf));
    const failed = new Set(rows.failures.map(bodyOf));
    const usedUp = [...run.journal.moved].map((messageId) => run.journal.sent.get(messageId) ?? '');
    const ofProcessed = usedUp.filter((body) => processed.has(body));
    expect(ofProcessed.length).toBeGreaterThan(0);
    expect(ofProcessed.filter((body) => failed.has(body))).toEqual([]);
  });
});

test('a failure is written down once, however often it is delivered', () => {
  expect(rows.failures.filter(({ history }) => history.length !== 1)).toEqual([]);
});

test('a replay of the ledger processes what failed for no fault of its own, once, and leaves the rest', async () => {
  const lost = outOfAttempts().map(({ orderKey }) => orderKey);
  const doomed = [...fates].filter(([, fate]) => fate === 'before it reads').map(([orderId]) => orderId);
  expect(lost).toEqual(expect.arrayContaining(doomed));

  const outcomes: ReplayOutcome[] = [];
  const options = { by: 'test', force: false, dryRun: false, resend: false, signal: new AbortController().signal };
  const failed = failureRows(run.table, failures(run.table, { status: 'failed' }));
  await replay(run.table, run.queue, failed, options, (outcome) => outcomes.push(outcome));
  await run.quiet();

  const replayed = outcomes.filter((outcome) => outcome.replayed).map(({ failure }) => failure.orderKey);
  expect(replayed.toSorted()).toEqual(lost.toSorted());
  const after = await run.rows();
  const processed = new Set(after.orders.map(({ orderKey }) => orderKey));
  expect([...processed].toSorted()).toEqual(good.map(({ orderId }) => orderId).toSorted());
  expect([...run.writes.created.values()].filter((times) => times !== 1)).toEqual([]);
  const mended = after.failures.filter(({ orderKey }) => lost.includes(orderKey));
  expect(mended).toHaveLength(lost.length);
  for (const { status, history } of mended) {
    expect({
      status,
      events: history
        .map(({ event }) => event)
        .slice(0, 3)
        .toSorted(),
    }).toEqual({
      status: 'processed',
      events: ['failed', 'processed', 'replayed'],
    });
  }
  expect(await countFailures(run.table, { status: 'failed' })).toBe(bad.length);
  expect(await countProcessed(run.table)).toBe(good.length);
});

function figures(durationMs: number) {
  const { killer, journal, deliveries, writes } = run;
  const [ofOrders, ofBadOrders] = deliveries.map((delivered) =>
    [...delivered.values()].reduce((sum, { times }) => sum + times, 0),
  );
  return {
    seed,
    seconds: Math.round(durationMs / 1000),
    randomKills: Object.fromEntries(killer.random),
    crashes: Object.fromEntries(journal.crashes),
    fatedKills: killer.fated,
    deliveriesOfOrders: ofOrders,
    deliveriesOfBadOrders: ofBadOrders,
    rowsFoundByLaterWrites: writes.found.length,
    duplicateOrder: journal.logged(logMessages.duplicateOrder),
    alreadyProcessed: journal.logged(logMessages.alreadyProcessed),
    outOfAttempts: outOfAttempts().length,
    processed: rows.orders.length,
    failures: rows.failures.length,
  };
}
