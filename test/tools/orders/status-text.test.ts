import { describe, expect, test } from '@jest/globals';
import { statusLines } from '../../../tools/orders/commands/status.ts';
import type { StatusReport } from '../../../tools/orders/status-report.ts';

const at = '2026-11-20T14:06:30.000Z';
const empty = {
  visible: 0,
  notVisible: 0,
  delayed: 0,
  oldestAgeSeconds: null,
  visibilityTimeoutSeconds: 360,
  nextTryAt: null,
};
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
  errorGroups: [],
};
const quiet: Partial<StatusReport> = {
  books: { processed: 3, failed: 1, inFlight: 0, parked: 0, stuck: 0, accountedFor: 4 },
  failures: 1,
};
const whole = (changes: Partial<StatusReport>, sent?: number) =>
  statusLines({ ...report, ...changes }, sent, (_style, text) => text);
/** Whatever the width of a column is, its cells stand two spaces apart: how they are aligned, the tests of tables tell. */
const squeezed = (line: string) => line.trimStart().replaceAll(/ {2,}/g, '  ');
const lines = (changes: Partial<StatusReport>) => whole(changes).slice(0, 5).map(squeezed);

test('a queue is shown with the age of its oldest message', () => {
  expect(lines({})).toEqual([
    'QUEUE  WAITING  BEING RECEIVED  DELAYED  OLDEST',
    'orders  1,200  0  0  1 min',
    'bad-orders  0  0  0  –',
    'parked-orders  0  0  0  –',
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

describe('the books', () => {
  test('are an equation only while nothing moves', () => {
    expect(whole(quiet).at(-1)).toBe('processed 3 + failed 1 + in flight 0 = 4 orders');
    expect(whole(quiet, 4).at(-1)).toBe('✔ sent 4 = processed 3 + failed 1 + in flight 0');
    expect(whole(quiet, 5).at(-1)).toBe('✘ sent 5, but processed 3 + failed 1 + in flight 0 = 4');
  });

  test('say "at least" while orders move, and never more than were sent', () => {
    const books = { processed: 800, failed: 97, inFlight: 200, parked: 0, stuck: 0, accountedFor: 1_097 };
    expect(whole({ books }, 1_017).at(-1)).toBe(
      'Orders move: at least 897 of 1,017 have come to an end (processed 800, failed 97), about 200 in flight.',
    );
    const counted = 'have come to an end (processed 800, failed 97), about 200 in flight.';
    expect(whole({ books }).at(-1)).toBe(`Orders move: at least 897 ${counted}`);
    expect(whole({ books }, 890).at(-1)).toBe(`Orders move: at least 897 ${counted}`);
    // A replay whose message is counted in no queue yet.
    expect(whole({ ...quiet, replayed: 1, oldestReplayedAt: at }, 4).at(-1)).toMatch(/^Orders move: at least 4 of 4 /);
  });
});

const group = (count: number, message: string) => ({ function: 'process-orders', count, lastAt: at, message }) as const;

test('errors of functions are shown by their messages', () => {
  const functionErrors = { ...report.functionErrors, 'process-orders': 133 };
  const many = Array.from({ length: 11 }, (_, index) => group(1, `Error ${index}`));
  const errorGroups = [group(122, 'Order Not Processed: TimeoutError: no answer'), ...many];
  const text = whole({ ...quiet, functionErrors, errorGroups }).map(squeezed);
  expect(text).toContain('Function errors since 2026-11-20 14:06:30 UTC:');
  expect(text).toContain('ERRORS  FUNCTION  LAST (UTC)  MESSAGE');
  expect(text).toContain('122  process-orders  2026-11-20 14:06:30  Order Not Processed: TimeoutError: no answer');
  expect(text).toContain('… and 2 other messages: --json has all of them.');
});

test.each([60, 80, 120])('no line is longer than a terminal of %i columns', (width) => {
  const hidden = { ...empty, notVisible: 2 };
  const busy: StatusReport = {
    ...report,
    queues: {
      orders: { ...hidden, nextTryAt: '2026-11-20T14:07:07.000Z' },
      'bad-orders': hidden,
      'parked-orders': empty,
    },
    agesUnavailable: 'AccessDenied: User: arn:aws:iam::123456789012:user/ada may not read metrics',
    books: { processed: 800, failed: 97, inFlight: 200, parked: 1, stuck: 1, accountedFor: 1_099 },
    failures: 98,
    replayed: 1,
    oldestReplayedAt: at,
    functionErrors: { ...report.functionErrors, 'process-orders': 133 },
    errorGroups: [group(122, 'Order Not Processed: TimeoutError: no answer from https://stock.example/v1/takes')],
  };
  for (const line of statusLines(busy, 1_017, (_style, text) => text, width)) {
    expect(line.length).toBeLessThanOrEqual(width);
  }
});

test('hidden messages are said to come back when their function wants them, or with their visibility timeout', () => {
  const hidden = { ...empty, notVisible: 2 };
  const queues = {
    ...report.queues,
    orders: { ...hidden, nextTryAt: '2026-11-20T14:07:07.000Z' },
    'bad-orders': hidden,
  };
  expect(whole({ queues })).toEqual(
    expect.arrayContaining([
      'orders: 2 messages hidden. The next comes back in 37 s, at 2026-11-20 14:07:07 UTC.',
      'bad-orders: 2 messages hidden. What its function does not delete comes back 6 min after its receive.',
    ]),
  );
});
