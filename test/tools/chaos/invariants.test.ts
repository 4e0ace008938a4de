import { expect, test } from '@jest/globals';
import { contentHashOf } from '../../../shared/ledger/content.ts';
import { causeOf } from '../../../shared/ledger/failure.ts';
import {
  causeShard,
  type FailureRow,
  failureRowKey,
  type OrderRow,
  orderRowKey,
  statusShard,
} from '../../../shared/ledger/rows.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { conflictReason } from '../../../shared/telemetry.ts';
import type { Evidence } from '../../../tools/chaos/evidence.ts';
import { invariants, invariantsAfterReplay, violations } from '../../../tools/chaos/invariants.ts';

const at = '2026-01-01T00:00:00.000Z';
const bodyOf = (orderId: string, more: object = {}) => JSON.stringify({ ...exampleOrder(0, orderId), ...more });
const good = bodyOf('good');
const other = bodyOf('good', { items: ['coffee'] });
const unlucky = bodyOf('unlucky');
const bad = bodyOf('bad', { customerAddress: '' });
const unindexed = ({ statusShard: _status, causeShard: _cause, ...row }: FailureRow): FailureRow => row;

function orderRow(orderKey: string, messageId: string, body: string): OrderRow {
  return {
    ...orderRowKey(orderKey),
    sk: 'ORDER',
    orderKey,
    body,
    contentHash: contentHashOf(body),
    processedAt: at,
    messageId,
    receiveCount: 1,
    schemaVersion: '',
    traceId: null,
    failureId: null,
  };
}

function failureRow(orderKey: string, failureId: string, body: string, changes: Partial<FailureRow> = {}): FailureRow {
  const read = readOrder(body);
  const [kind, reasons] = read.kind === 'order' ? ['out-of-attempts', []] : [read.kind, read.reasons];
  const cause = causeOf(kind, reasons);
  return {
    ...failureRowKey(orderKey, failureId),
    failureId,
    orderKey,
    body,
    status: 'failed',
    kind,
    reasons,
    cause,
    statusShard: statusShard('failed', failureId),
    causeShard: causeShard(cause, failureId),
    firstFailedAt: at,
    failedAt: at,
    firstSeenAt: at,
    receiveCount: 6,
    messageAttributes: {},
    schemaVersion: '',
    replayCount: 0,
    replayToken: '',
    recordedMessages: new Set([failureId]),
    history: [{ at, event: 'failed', messageId: failureId }],
    ...changes,
  };
}

function causedBy(kind: string, reasons: readonly string[]) {
  const cause = causeOf(kind, reasons);
  return { cause, causeShard: causeShard(cause, 'm-3') };
}

const order = orderRow('good', 'm-1', good);
const conflict = failureRow('good', 'm-3', other, {
  kind: 'conflicting-id',
  reasons: [conflictReason],
  ...causedBy('conflicting-id', [conflictReason]),
});
const outOfAttempts = failureRow('unlucky', 'm-4', unlucky);
const channel = { channel: { dataType: 'String', stringValue: 'web' } };
const invalid = failureRow('bad', 'm-5', bad, { messageAttributes: channel });

/** A good order sent twice, another one with its id, one that ran out of attempts, and a bad one. */
const sound: Evidence = {
  sent: new Map([
    ['m-1', good],
    ['m-2', good],
    ['m-3', other],
    ['m-4', unlucky],
    ['m-5', bad],
  ]),
  attributes: new Map([[bad, channel]]),
  promised: 4,
  orders: [order],
  failures: [conflict, outOfAttempts, invalid],
  created: new Map([['good', 1]]),
  found: [order],
  messages: 0,
  lines: ['{"message":"Good Order"}'],
  defects: [],
};
const mended: Evidence = {
  ...sound,
  orders: [order, orderRow('unlucky', 'm-6', unlucky)],
  created: new Map([
    ['good', 1],
    ['unlucky', 1],
  ]),
  failures: [conflict, unindexed({ ...outOfAttempts, status: 'processed' }), invalid],
};

test('sound books violate nothing, before and after a replay', () => {
  expect(violations(sound, { afterReplay: false })).toEqual([]);
  expect(violations(mended, { afterReplay: true })).toEqual([]);
});

type Name = keyof typeof invariants | keyof typeof invariantsAfterReplay;

test.each<[what: string, changes: Partial<Evidence>, broken: Name]>([
  ['a message is left in a queue', { messages: 1 }, 'nothing is in flight'],
  ['an order that was to be queued is not', { promised: 5 }, 'what a sender was told is queued was sent'],
  [
    'a good order is nowhere',
    { sent: new Map([...sound.sent, ['m-7', bodyOf('lost')]]) },
    'every order is processed or in the ledger',
  ],
  ['a bad order is nowhere', { failures: [conflict, outOfAttempts] }, 'every order is processed or in the ledger'],
  [
    'another order with a taken id is nowhere',
    { failures: [outOfAttempts, invalid] },
    'every order is processed or in the ledger',
  ],
  ['a row was written twice', { created: new Map([['good', 2]]) }, 'no order is processed twice'],
  [
    'a row that was written is gone',
    { created: new Map([...sound.created, ['gone', 1]]) },
    'no order is processed twice',
  ],
  ['a row was written over', { found: [{ ...order, messageId: 'm-2' }] }, 'no order is processed twice'],
  [
    'a processed order waits in the ledger',
    { failures: [...sound.failures, failureRow('good', 'm-2', good)] },
    'no order is processed and in the ledger',
  ],
  ['the books do not balance', { orders: [] }, 'sent = processed + failed'],
  [
    'a row has a body that nobody sent',
    { failures: [...sound.failures, failureRow('strange', 'm-9', '{}')] },
    'nothing stands in the table that nobody sent',
  ],
  [
    'a bad order has the body of another one with its reasons',
    {
      sent: new Map([...sound.sent, ['m-8', bodyOf('bad-too', { customerAddress: '' })]]),
      failures: [...sound.failures, failureRow('bad-too', 'm-8', bad)],
    },
    'a failure has the body of its message',
  ],
  [
    'a failure lost an attribute of its message',
    { failures: [conflict, outOfAttempts, { ...invalid, messageAttributes: {} }] },
    'a failure has the attributes of its message',
  ],
  [
    'a failure has an attribute that nobody sent',
    { failures: [conflict, { ...outOfAttempts, messageAttributes: channel }, invalid] },
    'a failure has the attributes of its message',
  ],
  [
    'what ran out of attempts has reasons',
    { failures: [conflict, { ...outOfAttempts, reasons: ['nonsense'] }, invalid] },
    'no good order is called a bad one',
  ],
  [
    'a failure has the cause of another one',
    { failures: [conflict, outOfAttempts, { ...invalid, cause: outOfAttempts.cause }] },
    'a failure has the cause that its reasons make',
  ],
  [
    'a failure is in no list',
    { failures: [conflict, outOfAttempts, unindexed(invalid)] },
    'what waits for somebody is found',
  ],
  [
    'a bad order has no reasons',
    { failures: [conflict, outOfAttempts, { ...invalid, reasons: [] }] },
    'every bad order has its reasons',
  ],
  [
    'a bad order has other reasons than its own',
    { failures: [conflict, outOfAttempts, { ...invalid, reasons: ['/items is required'] }] },
    'every bad order has its reasons',
  ],
  [
    'a good order is called invalid',
    { failures: [conflict, { ...outOfAttempts, kind: 'invalid' }, invalid] },
    'no good order is called a bad one',
  ],
  [
    'an order is called a conflict with nothing',
    { failures: [conflict, { ...outOfAttempts, kind: 'conflicting-id', reasons: [conflictReason] }, invalid] },
    'no good order is called a bad one',
  ],
  [
    'a failure is written down twice for one message',
    { failures: [conflict, outOfAttempts, { ...invalid, history: [...invalid.history, ...invalid.history] }] },
    'a failure is written down once for each message',
  ],
  [
    'a function logs an unhandled rejection',
    { lines: ['UnhandledPromiseRejection: no'] },
    'nothing failed where nobody looks',
  ],
  [
    'the runtime reports a defect',
    { defects: ['The process that holds the tables ended.'] },
    'nothing failed where nobody looks',
  ],
  [
    'a replayed failure is not processed',
    { failures: [conflict, { ...outOfAttempts, status: 'replayed' }, invalid] },
    'a replay of what failed for a passing reason processes it',
  ],
  [
    'a mended failure waits on',
    { failures: [conflict, { ...outOfAttempts, history: [{ at, event: 'edited', by: 'Ada' }] }, invalid] },
    'a replay of an edited order processes it',
  ],
])('it is found when %s', (_what, changes, broken) => {
  const found = violations({ ...sound, ...changes }, { afterReplay: broken in invariantsAfterReplay });
  expect(found.map(({ invariant }) => invariant)).toContain(broken);
});
