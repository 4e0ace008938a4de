import { describe, expect, test } from '@jest/globals';
import type { FailureRow, OrderRow } from '../../../../shared/ledger/rows.ts';
import type { OrderRecord } from '../../../../tools/orders/ledger/find-failure.ts';
import { lifeOf, messageIdsOf } from '../../../../tools/orders/ledger/life.ts';

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const line = (second: number, fields: Readonly<Record<string, unknown>>) => ({ atMs: Date.parse(at(second)), fields });

const failure = {
  failureId: 'm1',
  sentAt: at(0),
  history: [
    { at: at(3), event: 'failed', messageId: 'm1', kind: 'invalid', reasons: ['/items is required'], receiveCount: 6 },
    { at: at(4), event: 'edited', by: 'ada' },
    { at: at(5), event: 'replayed', by: 'ada', messageId: 'm2' },
    { at: at(7), event: 'processed', messageId: 'm2' },
  ],
} as unknown as FailureRow;
const order = { messageId: 'm2', sentAt: at(5), processedAt: at(7), receiveCount: 2, failureId: 'm1' } as OrderRow;
const record: OrderRecord = { order, failures: [failure] };

describe('the life of an order', () => {
  test('is told in the order of time, each thing once, from table and logs', () => {
    const lines = [
      line(7, { message: 'Good Order', messageId: 'm2', receiveCount: 2 }),
      line(3, { message: 'Failed Order', messageId: 'm1', receiveCount: 6, reasons: ['/items is required'] }),
      line(1, { message: 'Bad Order', messageId: 'm1', receiveCount: 1, reasons: ['/items is required'] }),
      line(6, {
        message: 'Order Not Processed',
        messageId: 'm2',
        receiveCount: 1,
        error: { name: 'TimeoutError', message: 'too slow' },
      }),
      line(8, { message: 'Duplicate Order', messageId: 'm2', receiveCount: 3, firstMessageId: 'm2' }),
    ];
    const told = lifeOf(record, lines).map(({ event, outcome = '' }) => `${event} ${outcome}`.trim());
    expect(told).toEqual([
      'sent',
      'received /items is required',
      'failed invalid: /items is required',
      'edited',
      'replayed',
      'received not processed, to be tried again: TimeoutError: too slow',
      'processed',
      'duplicate processed before, brought by message m2',
    ]);
  });

  test('is told from the logs alone where the table knows nothing yet', () => {
    const lines = [
      line(2, { message: 'Good Order', messageId: 'm3', receiveCount: 1 }),
      line(1, { message: 'Bad Order', messageId: 'm3', receiveCount: 1, kind: 'not-json', reasons: [] }),
      line(3, { message: 'Something Else', messageId: 'm3' }),
      line(3, { message: 'Good Order' }),
    ];
    const told = lifeOf({ failures: [] }, lines);
    expect(told.map(({ event, outcome }) => [event, outcome])).toEqual([
      ['received', 'not-json'],
      ['processed', undefined],
    ]);
  });

  test('is searched for by the ids of all messages that brought it', () => {
    expect(messageIdsOf(record).toSorted()).toEqual(['m1', 'm2']);
  });
});
