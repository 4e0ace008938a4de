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
import type { Evidence } from '../../../tools/trial/evidence.ts';

export const at = '2026-01-01T00:00:00.000Z';
export const bodyOf = (orderId: string, more: object = {}) => JSON.stringify({ ...exampleOrder(0, orderId), ...more });
export const good = bodyOf('good');
export const other = bodyOf('good', { items: ['coffee'] });
export const unlucky = bodyOf('unlucky');
export const bad = bodyOf('bad', { customerAddress: '' });
export const unindexed = ({ statusShard: _status, causeShard: _cause, ...row }: FailureRow): FailureRow => row;

export function orderRow(orderKey: string, messageId: string, body: string): OrderRow {
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

export function failureRow(
  orderKey: string,
  failureId: string,
  body: string,
  changes: Partial<FailureRow> = {},
): FailureRow {
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

export function causedBy(kind: string, reasons: readonly string[]) {
  const cause = causeOf(kind, reasons);
  return { cause, causeShard: causeShard(cause, 'm-3') };
}

export const order = orderRow('good', 'm-1', good);
export const conflict = failureRow('good', 'm-3', other, {
  kind: 'conflicting-id',
  reasons: [conflictReason],
  ...causedBy('conflicting-id', [conflictReason]),
});
export const outOfAttempts = failureRow('unlucky', 'm-4', unlucky);
export const channel = { channel: { dataType: 'String', stringValue: 'web' } };
export const invalid = failureRow('bad', 'm-5', bad, { messageAttributes: channel });

/** A good order sent twice, another one with its id, one that ran out of attempts, and a bad one. */
export const sound: Evidence = {
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
export const mended: Evidence = {
  ...sound,
  orders: [order, orderRow('unlucky', 'm-6', unlucky)],
  created: new Map([
    ['good', 1],
    ['unlucky', 1],
  ]),
  failures: [conflict, unindexed({ ...outOfAttempts, status: 'processed' }), invalid],
};
