import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextDueMs, parseSchedule } from '../../src/services/eventbridge/schedule.ts';
import { bodyOf, type EventBridgeHarness, ruleArn, startEventBridge } from './eventbridge-harness.ts';

const next = (expression: string, after: string, count = 1): string[] => {
  const schedule = parseSchedule(expression)!;
  const due: string[] = [];
  for (let atMs = Date.parse(after); due.length < count;) {
    atMs = nextDueMs(schedule, atMs) ?? Number.NaN;
    due.push(Number.isNaN(atMs) ? 'never' : new Date(atMs).toISOString().slice(0, 16));
  }
  return due;
};

const within = (min: number, max: number) => fc.integer({ min, max });

describe('a cron expression', () => {
  test.each([
    ['0 10 * * ? *', '2026-01-01T10:00Z', ['2026-01-02T10:00', '2026-01-03T10:00']],
    ['0/15 * * * ? *', '2026-01-01T00:00Z', ['2026-01-01T00:15', '2026-01-01T00:30', '2026-01-01T00:45']],
    ['1/20 0 1 JAN ? *', '2026-01-01T00:00Z', ['2026-01-01T00:01', '2026-01-01T00:21', '2026-01-01T00:41']],
    ['0 18 ? * MON-FRI *', '2026-01-02T18:00Z', ['2026-01-05T18:00']],
    ['0 8 1 * ? *', '2026-01-01T08:00Z', ['2026-02-01T08:00']],
    ['5,35 14 * * ? *', '2026-01-01T14:05Z', ['2026-01-01T14:35', '2026-01-02T14:05']],
    ['0 0 L * ? *', '2026-02-01T00:00Z', ['2026-02-28T00:00', '2026-03-31T00:00']],
    ['0 0 LW * ? *', '2026-01-01T00:00Z', ['2026-01-30T00:00']],
    // The 3rd of January 2026 is a Saturday, the 1st of February a Sunday, the 1st of August a Saturday.
    ['0 0 3W * ? *', '2026-01-01T00:00Z', ['2026-01-02T00:00']],
    ['0 0 1W 2,8 ? *', '2026-01-01T00:00Z', ['2026-02-02T00:00', '2026-08-03T00:00']],
    ['0 0 31W 1 ? *', '2026-01-01T00:00Z', ['2026-01-30T00:00']],
    ['0 0 ? * 6L *', '2026-01-01T00:00Z', ['2026-01-30T00:00', '2026-02-27T00:00']],
    ['0 0 ? * L *', '2026-01-01T00:00Z', ['2026-01-03T00:00', '2026-01-10T00:00']],
    ['0 0 ? * 3#2 *', '2026-01-01T00:00Z', ['2026-01-13T00:00', '2026-02-10T00:00']],
    ['0 0 29 2 ? *', '2026-01-01T00:00Z', ['2028-02-29T00:00']],
    ['0 0 1 1 ? 2025', '2026-01-01T00:00Z', ['never']],
    ['0 0 30 2 ? *', '2026-01-01T00:00Z', ['never']],
  ])('%s after %s is due at %j', (fields, after, due) => {
    expect(next(`cron(${fields})`, after, due.length)).toEqual(due);
  });

  test.each([
    'cron(0 10 * * *)',
    'cron(0 10 * * * *)',
    'cron(0 10 ? * ? *)',
    'cron(60 10 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 10 32 * ? *)',
    'cron(0 10 * 13 ? *)',
    'cron(0 10 ? * 8 *)',
    'cron(0 10 ? * 3#6 *)',
    'cron(0 10 ? * 3#1,6#3 *)',
    'cron(0/0 10 * * ? *)',
    'cron(5-1 10 * * ? *)',
    'cron(0 10 * * ? 2200)',
    '0 10 * * ? *',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(5 seconds)',
    'rate(1.5 hours)',
    'at(2026-01-01T00:00:00)',
  ])('%s is no schedule of AWS', (expression) => {
    expect(parseSchedule(expression)).toBeUndefined();
  });

  test('is due after any moment, at a whole minute, and never twice at the same', () => {
    fc.assert(
      fc.property(within(0, 59), within(0, 23), within(1, 28), within(0, 4e12), (minute, hour, day, afterMs) => {
        const dueMs = nextDueMs(parseSchedule(`cron(${minute} ${hour} ${day} * ? *)`)!, afterMs)!;
        expect(dueMs).toBeGreaterThan(afterMs);
        const due = new Date(dueMs);
        expect([due.getUTCMinutes(), due.getUTCHours(), due.getUTCDate(), dueMs % 60_000]).toEqual([
          minute,
          hour,
          day,
          0,
        ]);
        expect(dueMs - afterMs).toBeLessThanOrEqual(31 * 86_400_000);
      }),
    );
  });
});

describe('a rule with a schedule', () => {
  let bridge: EventBridgeHarness;

  beforeAll(async () => {
    bridge = await startEventBridge();
  });

  test('is due by the clock, and its target gets a scheduled event', async () => {
    await bridge.ruleToQueue('often', { ScheduleExpression: 'rate(5 minutes)' });
    await bridge.ruleToQueue('daily', { ScheduleExpression: 'cron(30 0 * * ? *)' });
    await bridge.clock.advance(299_000);
    expect(await bridge.drain('often')).toEqual([]);
    await bridge.clock.advance(1000);
    expect(bodyOf((await bridge.drain('often'))[0])).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '000000000000',
      time: '2026-01-01T00:05:00Z',
      region: 'us-east-1',
      resources: [ruleArn('often')],
      detail: {},
    });
    await bridge.clock.advance(25 * 60_000);
    expect(await bridge.drain('often')).toHaveLength(5);
    expect(bodyOf((await bridge.drain('daily'))[0])).toMatchObject({ time: '2026-01-01T00:30:00Z' });
  });

  test('is not due while it is disabled, and starts anew when it is enabled', async () => {
    await bridge.ruleToQueue('paused', { ScheduleExpression: 'rate(1 minute)' });
    await bridge.client.send(new DisableRuleCommand({ Name: 'paused' }));
    await bridge.clock.advance(150_000);
    expect(await bridge.drain('paused')).toEqual([]);
    await bridge.client.send(new EnableRuleCommand({ Name: 'paused' }));
    await bridge.clock.advance(60_000);
    expect(await bridge.drain('paused')).toHaveLength(1);
  });

  test('stands on the default bus only', async () => {
    const rule = { ScheduleExpression: 'rate(1 minute)', EventBusName: 'other' };
    await expect(bridge.ruleToQueue('elsewhere', rule)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'ScheduleExpression is supported only on the default event bus.',
    });
  });
});
