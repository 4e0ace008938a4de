import { expect, test } from '@jest/globals';
import { failedEvent, type OrderEvent, processedEvent } from '../../../shared/order-event.ts';
import type { FailureKind } from '../../../shared/telemetry.ts';
import type { eventInvariants } from '../../../tools/chaos/event-invariants.ts';
import { violations } from '../../../tools/chaos/invariants.ts';
import { at, invalid, order, sound } from './sound-books.ts';

const { processedAt, ...row } = order;
const processed = processedEvent({ ...row, orderId: 'good', processedAt });
const written = sound.failures.map((failure) => {
  const { kind, reasons, failureId } = failure;
  return { ...failure, history: [{ at, event: 'failed' as const, messageId: failureId, kind, reasons }] };
});
const failures = written.map((failure) =>
  failedEvent(
    {
      orderId: null,
      orderKey: failure.orderKey,
      messageId: failure.failureId,
      failureId: failure.failureId,
      kind: failure.kind as FailureKind,
      reasons: failure.reasons,
      cause: failure.cause,
      failedAt: at,
    },
    false,
  ),
);
const told: readonly OrderEvent[] = [processed, ...failures];
const books = { ...sound, failures: written };

test('a run that tells of each order and each failure, also twice, violates nothing', () => {
  expect(violations({ ...books, told }, { afterReplay: false })).toEqual([]);
  expect(violations({ ...books, told: [...told, ...told] }, { afterReplay: false })).toEqual([]);
});

test.each<[what: string, told: readonly OrderEvent[], broken: keyof typeof eventInvariants]>([
  ['an order is not told', failures, 'every processed order is told'],
  [
    'an order is told for another message',
    [{ ...processed, messageId: 'm-9' }, ...failures],
    'every processed order is told',
  ],
  [
    'a failure is not told',
    [processed, ...failures.slice(1)],
    'every failure that waits is told, with each of its replays',
  ],
  [
    'an order is told that is not processed',
    [...told, processedEvent({ ...row, orderId: 'x', orderKey: 'x', processedAt })],
    'nothing is told that did not happen',
  ],
  [
    'a failure is told with another reason',
    [...told, { ...failures[0]!, reasons: ['because'] }],
    'nothing is told that did not happen',
  ],
  [
    'an order is told again with another time',
    [...told, { ...processed, time: '2026-01-01T00:00:01.000Z' }],
    'an event that is told again is the same',
  ],
])('%s', (_, events, broken) => {
  const found = violations({ ...books, told: events }, { afterReplay: false });
  expect(found.map(({ invariant }) => invariant)).toContain(broken);
});

test('a replay that failed again has to be told, too', () => {
  const again = { at, event: 'failed', messageId: 'replay', kind: invalid.kind, reasons: invalid.reasons } as const;
  const rows = written.map((failure) =>
    failure.failureId === invalid.failureId ? { ...failure, history: [...failure.history, again] } : failure,
  );
  const found = violations({ ...books, failures: rows, told }, { afterReplay: false });
  expect(found).toEqual([
    {
      invariant: 'every failure that waits is told, with each of its replays',
      detail: `Failure ${invalid.failureId} by replay was not told.`,
    },
  ]);
});
