import { describe, expect, test } from '@jest/globals';
import { ManualClock } from 'local-aws/testing';
import { lateText, Waiting, waitRules, waitUntilSettled } from '../../../tools/orders/commands/status-wait.ts';
import type { StatusReport } from '../../../tools/orders/status-report.ts';
import { ordersIo } from './collected-io.ts';

const at = '2026-11-20T14:06:30.000Z';
const queue = {
  visible: 0,
  notVisible: 0,
  delayed: 0,
  oldestAgeSeconds: null,
  visibilityTimeoutSeconds: 360,
  nextTryAt: null,
};

function reportOf(books: Partial<StatusReport['books']>, changes: Partial<StatusReport> = {}): StatusReport {
  const { processed = 0, failed = 0, inFlight = 0, parked = 0, stuck = 0 } = books;
  return {
    at,
    queues: { orders: queue, 'bad-orders': queue, 'parked-orders': queue },
    agesUnavailable: null,
    books: { processed, failed, inFlight, parked, stuck, accountedFor: processed + failed + inFlight + parked + stuck },
    failures: failed,
    replayed: 0,
    overdue: 0,
    oldestReplayedAt: null,
    causes: [],
    countedAt: at,
    functionErrors: { 'generate-orders': 0, 'process-orders': 0, 'failed-orders': 0, since: at },
    errorGroups: [],
    ...changes,
  };
}

const moving = reportOf({ processed: 8, inFlight: 2 });
const done = reportOf({ processed: 9, failed: 1 });

/** The states after readings at these seconds. */
function states(rules: Parameters<typeof waitRules>, readings: readonly (readonly [seconds: number, StatusReport])[]) {
  const waiting = new Waiting(waitRules(...rules), 0);
  return readings.map(([seconds, report]) => waiting.next(report, seconds * 1000));
}

describe('status --wait', () => {
  test('on this machine is done after three readings in which nothing is in flight', () => {
    const readings = [moving, done, done, done].map((report, index) => [index * 0.3, report] as const);
    expect(states(['local', undefined, undefined], readings)).toEqual(['moving', 'quiet', 'quiet', 'settled']);
  });

  test('on AWS needs a minute in which nothing is in flight, because the counts lag behind', () => {
    const readings = [
      [0, done],
      [30, done],
      [50, moving],
      [52, done],
      [90, done],
      [111, done],
      [112, done],
    ] as const;
    expect(states(['aws', undefined, undefined], readings)).toEqual([
      'quiet',
      'quiet',
      'moving',
      'quiet',
      'quiet',
      'quiet',
      'settled',
    ]);
  });

  test('waits for a replay whose message is counted in no queue yet', () => {
    const sentAgain = reportOf({ processed: 9 }, { replayed: 1 });
    expect(states(['local', 10, undefined], [[0, sentAgain]])).toEqual(['moving']);
  });

  test('on AWS waits five minutes for orders that are nowhere, and not at all on this machine', () => {
    const readings = [0, 10, 60, 359, 360].map((seconds) => [seconds, done] as const);
    const onAws = states(['aws', 11, undefined], readings);
    expect(onAws).toEqual(['quiet', 'quiet', 'missing', 'missing', 'settled']);
    expect(states(['local', 11, undefined], readings.slice(0, 3))).toEqual(['quiet', 'quiet', 'settled']);
    // More orders than were sent are no reason to wait.
    expect(states(['aws', 9, undefined], readings.slice(0, 3)).at(-1)).toBe('settled');
  });

  test('ends when its time is up, and waits so long for orders that are nowhere', () => {
    const readings = [0, 1, 2, 89, 90].map((seconds) => [seconds, done] as const);
    expect(states(['local', 11, 90_000], readings)).toEqual(['quiet', 'quiet', 'missing', 'missing', 'settled']);
    expect(states(['local', undefined, 90_000], [...readings.slice(0, 1), [90, moving]])).toEqual(['quiet', 'late']);
    expect(states(['aws', undefined, 2_000], readings.slice(0, 3))).toEqual(['quiet', 'quiet', 'late']);
    expect(lateText(moving)).toBe('The time is up, and 2 messages in flight.');
    expect(lateText(done)).toBe('The time is up. Nothing is in flight, but not for long enough to be sure.');
  });
});

/** A wait on AWS that reads these reports, the last of them again and again. */
async function wait(reports: readonly StatusReport[], sent?: number) {
  const clock = new ManualClock();
  const controller = new AbortController();
  const { io } = ordersIo({ clock, signal: controller.signal });
  let stderr = '';
  const told = { ...io, stderr: { write: (text: string) => void (stderr += text) } };
  let readings = 0;
  const read = () => Promise.resolve(reports[Math.min((readings += 1), reports.length) - 1]!);
  const waited = waitUntilSettled({ io: told }, read, waitRules('aws', sent, undefined));
  return { clock, controller, waited, stderr: () => stderr };
}

test('a wait says how much is done, and when the next hidden message comes back', async () => {
  const hidden = { ...queue, notVisible: 2, nextTryAt: '2026-11-20T14:07:07.000Z' };
  const report = { ...moving, queues: { ...moving.queues, orders: hidden } };
  const { clock, controller, waited, stderr } = await wait([report], 10);
  await clock.advance(1_000);
  expect(stderr()).toBe('1 s  80% of 10 done, 2 in flight, 2 hidden, the next back in 37 s\n');
  controller.abort();
  expect(await waited).toEqual({ report, isSettled: false });
});

test('a wait says why it goes on when nothing is in flight', async () => {
  const { clock, controller, stderr } = await wait([done], 12);
  await clock.advance(1_000);
  expect(stderr()).toMatch(/^1 s {2}nothing in flight; SQS counts late, so waiting until \d\d:\d\d:\d\d UTC\n$/);
  await clock.advance(70_000);
  expect(stderr()).toMatch(/\n\d+ s {2}2 orders nowhere yet, waiting until \d\d:\d\d:\d\d UTC\n$/);
  controller.abort();
});
