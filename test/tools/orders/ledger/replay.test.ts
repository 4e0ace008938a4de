import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from 'local-aws';
import { type FailureRow, mostReplays, replayCap, type StoredAttribute } from '../../../../shared/ledger/rows.ts';
import { messageLimits } from '../../../../shared/pipeline.ts';
import type { SendQueue } from '../../../../tools/orders/aws/send.ts';
import { mend } from '../../../../tools/orders/ledger/mend.ts';
import {
  markReplayed,
  replay,
  replayMessage,
  type ReplayOptions,
  type ReplayOutcome,
} from '../../../../tools/orders/ledger/replay.ts';
import { captureConsole } from '../../../lambdas/captured-console.ts';
import { type LocalQueue, startLocalQueue } from '../../../lambdas/local-queue.ts';
import { inAnotherLayout, message, order, replayed } from '../../../lambdas/pipeline-functions.ts';
import { type LocalLedger, startLocalLedger } from './local-ledger.ts';

captureConsole();
let ledger: LocalLedger;
let local: LocalQueue;
let queue: SendQueue;

beforeAll(async () => {
  ledger = await startLocalLedger();
  local = await startLocalQueue();
  queue = { client: local.client, url: local.queueUrl, clock: systemClock, random: () => 0.5 };
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
  await local[Symbol.asyncDispose]();
});

/** A good order that used up its attempts. */
const failGood = (id: string, changes?: Readonly<Record<string, unknown>>) =>
  ledger.fail(`m-${id}`, order(id, changes));

async function* each(failures: readonly FailureRow[]) {
  for (const failure of failures) yield await Promise.resolve(failure);
}

async function run(failures: readonly FailureRow[], options: Partial<ReplayOptions> = {}) {
  const outcomes: ReplayOutcome[] = [];
  const signal = new AbortController().signal;
  const settings = { by: 'ada', force: false, dryRun: false, signal, ...options };
  await replay(ledger.table, queue, each(failures), settings, (outcome) => outcomes.push(outcome));
  return outcomes;
}

test('a replay goes back into the group of the message that failed', async () => {
  const failure = await ledger.fail('m-grouped', order('grouped'), { MessageGroupId: 'customer-7' });
  expect(failure.messageGroupId).toBe('customer-7');
  expect(replayMessage(failure, 'ada').senderGroupId).toBe('customer-7');
  expect(replayMessage(await failGood('ungrouped'), 'ada').senderGroupId).toBeUndefined();
});

test('a FIFO queue takes a replay of an edited body for another message, and a second try for the same', async () => {
  const failure = await failGood('deduplicated');
  const first = replayMessage(failure, 'ada').deduplicationId;
  expect(replayMessage(failure, 'ben').deduplicationId).toBe(first);
  const others = [{ body: '{}' }, { replayCount: 1 }, { failureId: 'another' }];
  for (const other of others) expect(replayMessage({ ...failure, ...other }, 'ada').deduplicationId).not.toBe(first);
});

async function receive() {
  const { Messages: messages = [] } = await local.client.send(
    new ReceiveMessageCommand({ QueueUrl: local.queueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  );
  return messages;
}

function withAttributes(failure: FailureRow, count: number): FailureRow {
  const entries = Array.from({ length: count }, (_, index): [string, StoredAttribute] => [
    `a${index}`,
    index === 0 ? { dataType: 'Binary', binaryValue: 'AQID' } : { dataType: 'String', stringValue: `value ${index}` },
  ]);
  return { ...failure, messageAttributes: Object.fromEntries(entries) };
}

test('a replay is the same body and attributes with its lineage, and the row says it is on its way', async () => {
  const failure = withAttributes(await failGood('same'), 9);
  const [outcome] = await run([failure]);
  const [sent] = await receive();
  expect(outcome).toMatchObject({ replayed: true, messageId: sent!.MessageId, marked: true });
  expect(sent!.Body).toBe(failure.body);
  const { ReplayOf: lineage, a0, a8 } = sent!.MessageAttributes!;
  expect(JSON.parse(lineage!.StringValue!)).toEqual({
    orderKey: 'same',
    failureId: 'm-same',
    count: 1,
    by: 'ada',
    token: failure.replayToken,
  });
  expect([...a0!.BinaryValue!]).toEqual([1, 2, 3]);
  expect(a8).toMatchObject({ DataType: 'String', StringValue: 'value 8' });

  const row = await ledger.failure('same');
  expect(row).toMatchObject({ status: 'replayed', replayCount: 1, statusShard: expect.stringMatching(/^replayed#/) });
  expect(row.causeShard).toBeUndefined();
  expect(row.history.at(-1)).toMatchObject({ event: 'replayed', by: 'ada', messageId: sent!.MessageId });
});

test('what comes of it finds its row, whoever is quicker: the outcome or the mark', async () => {
  const failure = await failGood('quick');
  const lineage = { orderKey: 'quick', failureId: 'm-quick' };
  await ledger.functions.processOrders([replayed(message('m2-quick', failure.body), lineage)]);
  await markReplayed(ledger.table, failure, { messageId: 'm2-quick', by: 'ada', at: '2026-01-01T00:00:00.000Z' });
  const row = await ledger.failure('quick');
  expect(row).toMatchObject({ status: 'processed' });
  expect(row.statusShard).toBeUndefined();
  expect(row.history.map(({ event }) => event).toSorted()).toEqual(['failed', 'processed', 'replayed']);
});

test('marking a failure that was purged meanwhile is no error', async () => {
  const row = await failGood('gone');
  const gone = { ...row, sk: 'FAILURE#gone', failureId: 'gone' };
  await markReplayed(ledger.table, gone, { messageId: 'm', by: 'ada', at: '2026-01-01T00:00:00.000Z' });
  expect((await ledger.local.rows()).filter(({ sk }) => sk === 'FAILURE#gone')).toEqual([]);
});

test('edited between the send and the mark, it stays failed with its new body, whatever comes of what was sent', async () => {
  const failure = await failGood('edited');
  const mended = JSON.stringify(order('edited', { items: ['coffee'] }));
  const at = '2026-01-01T00:00:00.000Z';
  expect(await mend(ledger.table, failure, { body: mended, by: 'bob', at })).toBeUndefined();
  await markReplayed(ledger.table, failure, { messageId: 'm2-edited', by: 'ada', at });
  const lineage = { orderKey: 'edited', failureId: 'm-edited' };
  await ledger.functions.processOrders([replayed(message('m2-edited', failure.body), lineage)]);
  const row = await ledger.failure('edited');
  expect(row.body).toBe(mended);
  expect(row).toMatchObject({ status: 'failed', replayCount: 0 });
  expect(row.history.map(({ event }) => event)).toEqual(['failed', 'edited', 'replayed']);
});

test('left out is what would fail again, has no room for its lineage, or came back too often', async () => {
  const invalid = await ledger.fail('m-invalid', { orderId: 'invalid' });
  const full = withAttributes(await failGood('full'), 10);
  const good = await failGood('often');
  const often = { ...good, replayCount: replayCap };
  const large = await failGood('large', { note: 'x'.repeat(messageLimits.bytes - 150) });
  const outcomes = await run([invalid, full, often, large]);
  expect(outcomes.map((outcome) => (outcome.replayed ? 'replayed' : outcome.reason)).toSorted()).toEqual([
    expect.stringMatching(/^has \d+ bytes with its lineage/),
    expect.stringContaining('replayed 5 times'),
    expect.stringContaining('ten message attributes'),
    expect.stringMatching(/^would fail again: \/\w+ is required/),
  ]);
  expect(await receive()).toEqual([]);

  const forced = await run([invalid, full, often], { force: true });
  expect(forced.filter((outcome) => outcome.replayed)).toHaveLength(2);
  expect(await receive()).toHaveLength(2);
});

test('a failure whose row has no room for more replays is left out, whoever insists', async () => {
  const endless = { ...(await failGood('endless')), replayCount: mostReplays };
  expect(await run([endless], { force: true, resend: true })).toMatchObject([
    { replayed: false, reason: expect.stringContaining('30 times, the most its row has room for') },
  ]);
  expect(await receive()).toEqual([]);
});

test('a conflicting id is left out while it conflicts, and replayed under an id of its own', async () => {
  await ledger.functions.processOrders([message('m-first', order('taken'))]);
  const failure = await ledger.fail('m-second', order('taken', { items: ['other'] }));
  expect(failure.kind).toBe('conflicting-id');
  expect(await run([failure])).toMatchObject([{ replayed: false, reason: expect.stringContaining('another order') }]);
  const mended = { ...failure, body: JSON.stringify(order('free', { items: ['other'] })) };
  const same = { ...failure, body: inAnotherLayout(order('taken')) };
  expect(await run([mended, same])).toMatchObject([{ replayed: true }, { replayed: true }]);
  await receive();
});

test('a replay whose message was lost is sent again by whoever insists, as the next one', async () => {
  const row = await failGood('lost');
  await markReplayed(ledger.table, row, { messageId: 'm2-lost', by: 'ada', at: '2026-01-01T00:00:00.000Z' });
  const onItsWay = await ledger.failure('lost');
  expect(await run([onItsWay], { force: true })).toMatchObject([{ replayed: false, reason: 'is replayed already' }]);
  expect(await run([onItsWay], { resend: true })).toMatchObject([{ replayed: true }]);
  const [sent] = await receive();
  expect(JSON.parse(sent!.MessageAttributes!['ReplayOf']!.StringValue!)).toMatchObject({ count: 2 });
  const marked = await ledger.failure('lost');
  expect(marked).toMatchObject({ status: 'replayed', replayCount: 2, replayedAt: marked.history.at(-1)!.at });

  // The first was not lost after all, and fails while the second is on its way: that is history.
  const lineage = { orderKey: 'lost', failureId: 'm-lost' };
  await ledger.functions.failedOrders([replayed(message('m2-lost', onItsWay.body, 6), { ...lineage, count: 1 })]);
  expect(await ledger.failure('lost')).toMatchObject({ status: 'replayed', replayCount: 2 });
  await ledger.functions.processOrders([
    replayed(message(sent!.MessageId!, sent!.Body!), { ...lineage, count: 2 }),
    replayed(message('m2-lost', sent!.Body!), { ...lineage, count: 1 }),
  ]);
  expect(await ledger.failure('lost')).toMatchObject({ status: 'processed' });
  expect((await ledger.local.rows()).filter(({ pk, sk }) => pk === 'ORDER#lost' && sk === 'ORDER')).toHaveLength(1);
});

test('a dry run sends and marks nothing', async () => {
  const failure = await failGood('dry');
  expect(await run([failure], { dryRun: true })).toMatchObject([{ replayed: true }]);
  expect(await receive()).toEqual([]);
  expect((await ledger.failure('dry')).status).toBe('failed');
});

test('interrupted, it finishes what is being sent, and leaves the rest as it was', async () => {
  const failures: FailureRow[] = [];
  for (let index = 0; index < 30; index += 1) failures.push(await failGood(`stop-${index}`));
  const controller = new AbortController();
  let sent = 0;
  const settings = { by: 'ada', force: false, dryRun: false, signal: controller.signal };
  await replay(ledger.table, queue, each(failures), { ...settings, ratePerSecond: 50 }, ({ replayed: done }) => {
    if (done) sent += 1;
    controller.abort();
  });
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThan(30);
  const rows = await Promise.all(failures.map(({ orderKey }) => ledger.failure(orderKey)));
  expect(rows.filter(({ status }) => status === 'replayed')).toHaveLength(sent);
  let received = 0;
  for (let messages = await receive(); messages.length > 0; messages = await receive()) received += messages.length;
  expect(received).toBe(sent);
});

test('when the table fails after sending, the failure stays in the ledger and the error comes through', async () => {
  const failure = await failGood('unmarked');
  const table = { ...ledger.table, name: 'no-such-table' };
  const settings = { by: 'ada', force: true, dryRun: false, signal: new AbortController().signal };
  const outcomes: ReplayOutcome[] = [];
  await expect(replay(table, queue, each([failure]), settings, (outcome) => outcomes.push(outcome))).rejects.toThrow(
    'Requested resource not found',
  );
  // Sent all the same: nobody may say that the failure is as it was.
  expect(outcomes).toMatchObject([{ replayed: true, marked: false }]);
  expect(await receive()).toHaveLength(1);
  expect(await ledger.failure('unmarked')).toMatchObject({ status: 'failed', replayCount: 0 });
});
