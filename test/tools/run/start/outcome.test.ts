import { expect, test } from '@jest/globals';
import { type Outcome, outcomeText } from '../../../../tools/run/start/outcome.ts';
import { booksSoFar } from '../../../../tools/run/start/tally.ts';

const outcome: Outcome = {
  preset: 'production',
  sent: 10,
  processed: 9,
  failed: 1,
  inFlight: 0,
  balanced: true,
  failures: [],
  batches: [],
  alreadyProcessed: [],
  copies: 0,
  missing: [],
  table: { processed: 9, failed: 1 },
  durationMs: 1_000,
  ordersPerSecond: 10,
  problems: [],
};
const names = { label: () => undefined, functionLabel: (name: string) => name };
const lines = (changes: Partial<Outcome> = {}) =>
  outcomeText({ ...outcome, ...changes }, { color: false, ...names }).split('\n');

test('an equation that is true stands behind ✔ alone', () => {
  expect(lines().at(-1)).toBe('✔ every order is accounted for: sent 10 = processed 9 + failed 1');
  expect(lines({ problems: ['The orders table disagrees.'] }).at(-1)).toBe(
    '✘ all 10 orders ended (processed 9 + failed 1), but something else went wrong: see above',
  );
  expect(lines({ processed: 8, inFlight: 1, balanced: false }).at(-1)).toBe(
    '✘ not every order is accounted for: sent 10, but processed 8 + failed 1 = 9, in flight 1',
  );
});

test('a lost order is not accounted for, also when the queues have brought each order to an end', () => {
  expect(lines({ processed: 10, failed: 0, problems: ['The orders table disagrees.'] }).at(-1)).toBe(
    '✘ not every order is accounted for: the orders table disagrees with the queues (processed 10 + failed 0)',
  );
});

test('sentences are broken between words, and no line is longer than the terminal', () => {
  const text = outcomeText(
    {
      ...outcome,
      preset: 'lab',
      alreadyProcessed: ['m1'],
      problems: ['The orders table disagrees: it holds 9 processed orders and 0 failures, the queues say 10 and 0.'],
    },
    { color: false, ...names, columns: 80 },
  );
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(text).toContain('process-orders throws\nat the first bad order,');
  expect(text).toContain('the\nqueues say 10 and 0.');
});

test('a run that was interrupted says how far it came', () => {
  const { table: _table, ...rest } = outcome;
  const stopped = { ...rest, processed: 3, failed: 0, inFlight: 7, balanced: false, stopped: true };
  const text = outcomeText(stopped, { color: false, ...names });
  expect(text.split('\n').at(-1)).toBe(
    'Stopped before the end: 3 of 10 orders had ended (processed 3 + failed 0), 7 were in flight.',
  );
  expect(text).not.toContain('In the orders table');
});

test('progress of a run has percent and remaining time', () => {
  const tally = { sent: 1_200, processed: 400, failed: 100, inFlight: 700 };
  expect(booksSoFar(tally, 2_000, 10_000, 100)).toBe(
    '25%, 30 s left, sent 1,200, processed 400, failed 100, in flight 700',
  );
  expect(booksSoFar({ sent: 5, processed: 0, failed: 0, inFlight: 5 }, 2_000, 10_000, 10_000)).toBe(
    '0%, sent 5, processed 0, failed 0, in flight 5',
  );
});

test('progress has no remaining time while orders only wait for their next try', () => {
  const outage = { sent: 10, processed: 0, failed: 1, inFlight: 9 };
  expect(booksSoFar(outage, 10, 200_000, 197_000)).toBe('10%, sent 10, processed 0, failed 1, in flight 9');
});
