import { expect, test } from '@jest/globals';
import { statusLines } from '../../../tools/orders/commands/status.ts';
import type { StatusReport } from '../../../tools/orders/status-report.ts';

const at = '2026-11-20T14:06:30.000Z';
const empty = { visible: 0, notVisible: 0, delayed: 0, oldestAgeSeconds: null };
const report: StatusReport = {
  at,
  queues: { orders: { ...empty, visible: 1_200, oldestAgeSeconds: 65 }, 'bad-orders': empty, 'parked-orders': empty },
  agesUnavailable: null,
  books: { processed: 3, failed: 0, inFlight: 1_200, parked: 0, stuck: 0, accountedFor: 1_203 },
  failures: 0,
  replayed: 0,
  overdue: 0,
  oldestReplayedAt: null,
  causes: [],
  countedAt: at,
  functionErrors: { 'generate-orders': 0, 'process-orders': 0, 'failed-orders': 0, since: at },
};
const lines = (changes: Partial<StatusReport>) =>
  statusLines({ ...report, ...changes }, undefined, (_style, text) => text).slice(0, 5);

test('a queue is shown with the age of its oldest message', () => {
  expect(lines({})).toEqual([
    'QUEUE          WAITING  BEING RECEIVED  DELAYED  OLDEST',
    'orders           1,200               0        0   1 min',
    'bad-orders           0               0        0       –',
    'parked-orders        0               0        0       –',
    '',
  ]);
});

test('that ages are not known is said, with the reason', () => {
  const queues = { ...report.queues, orders: { ...empty, visible: 1_200 } };
  expect(lines({ queues, agesUnavailable: 'AccessDenied: not authorized' }).at(-1)).toBe(
    'OLDEST is not known: AccessDenied: not authorized',
  );
});

test('that there are more failures than failed orders is explained', () => {
  const books = { ...report.books, failed: 1 };
  const text = statusLines({ ...report, books, failures: 2 }, undefined, (_style, words) => words);
  expect(text).toContain(
    '2 failures, 1 order failed: an order that was sent several times counts once, and as processed or on its way if ' +
      'a copy is.',
  );
  const same = statusLines({ ...report, books, failures: 1 }, undefined, (_style, words) => words);
  expect(same.join()).not.toContain('counts once');
});
