import { describe, expect, test } from '@jest/globals';
import { parseReport, readLogMessage } from '../../../../tools/orders/aws/lambda-log.ts';

const json = (record: object) => JSON.stringify({ time: '2026-11-20T12:00:00Z', type: 'platform.report', record });
const metrics = { durationMs: 812.5, billedDurationMs: 813, memorySizeMB: 256, maxMemoryUsedMB: 91 };
const text = (fields: string) =>
  `REPORT RequestId: 8f3e\tDuration: 812.50 ms\tBilled Duration: 813 ms\tMemory Size: 256 MB\tMax Memory Used: 91 MB\t${fields}`;
const sound = { durationMs: 812.5, memoryUsedMb: 91, timedOut: false, outOfMemory: false };

describe('what Lambda logs of an invocation', () => {
  test('is read in both log formats', () => {
    expect(parseReport(json({ status: 'success', metrics }), 'JSON')).toEqual({ ...sound, status: 'success' });
    expect(parseReport(text('Init Duration: 99.00 ms\t'), 'Text')).toEqual({ ...sound, initMs: 99 });
  });

  test('says when the function ran into its timeout', () => {
    const timedOut = { ...sound, status: 'timeout', timedOut: true };
    expect(parseReport(json({ status: 'timeout', metrics }), 'JSON')).toEqual(timedOut);
    expect(parseReport(text('Status: timeout\t'), 'Text')).toEqual(timedOut);
  });

  test('says when the function ran out of memory, also where it only ended at its limit', () => {
    const outOfMemory = { ...sound, status: 'error', outOfMemory: true };
    const errorType = 'Runtime.OutOfMemory';
    expect(parseReport(json({ status: 'error', errorType, metrics }), 'JSON')).toEqual(outOfMemory);
    expect(parseReport(text(`Status: error\tError Type: ${errorType}`), 'Text')).toEqual(outOfMemory);
    const full = { ...metrics, maxMemoryUsedMB: 256 };
    expect(parseReport(json({ status: 'error', metrics: full }), 'JSON')).toMatchObject({ outOfMemory: true });
    expect(parseReport(json({ status: 'success', metrics: full }), 'JSON')).toMatchObject({ outOfMemory: false });
  });

  test.each(['no JSON', 'null', '{"type":"platform.start"}', '{"type":"platform.report"}', json({ metrics: {} })])(
    'is not in %s',
    (line) => {
      expect(parseReport(line, 'JSON')).toBeUndefined();
      expect(parseReport(line, 'Text')).toBeUndefined();
    },
  );
});

const line = (members: object) => JSON.stringify({ timestamp: '2026-01-01T00:00:00.000Z', ...members });

describe('a line of a function log', () => {
  test('is its message, and the fields of an object that has one', () => {
    expect(readLogMessage(line({ level: 'INFO', message: 'plain' }))).toEqual({ level: 'info', text: 'plain' });
    const message = { message: 'Bad Order', orderId: 'a' };
    const read = { level: 'warn', text: 'Bad Order', fields: { orderId: 'a' } };
    expect(readLogMessage(line({ level: 'WARN', message }))).toEqual(read);
  });

  test('with an error is its type and message, without its stack', () => {
    const error = { errorType: 'RangeError', errorMessage: 'too far', stackTrace: ['x'] };
    const read = { level: 'error', text: 'RangeError: too far' };
    expect(readLogMessage(line({ level: 'ERROR', message: error }))).toEqual(read);
    expect(readLogMessage(line({ level: 'FATAL', message: 'text', ...error }))).toEqual(read);
    const ofText = `2026-01-01T00:00:00.000Z\tid\tERROR\tInvoke Error \t${JSON.stringify(error)}`;
    expect(readLogMessage(ofText)).toEqual({ level: 'error', text: 'Invoke Error: RangeError: too far' });
  });

  test('is short where it reports an invocation', () => {
    expect(readLogMessage(json({ status: 'error', metrics }))?.text).toBe('REPORT error 812.5 ms, 91 MB');
    const timeout = text('Init Duration: 51.60 ms\tStatus: timeout\t');
    expect(readLogMessage(timeout)?.text).toBe('REPORT timeout 812.5 ms, cold start 52 ms, 91 MB');
  });

  const id = '7f1c0a52-4c1d-4d2c-9d5e-0b8f3f1f2a11';
  test.each([
    [`2026-01-01T00:00:03.000Z ${id} Task timed out after 3.00 seconds`, 'Task timed out after 3.00 seconds'],
    [`RequestId: ${id} Error: Runtime exited\nRuntime.ExitError`, 'Runtime exited'],
  ])('is an error in which the platform tells of a failure: %j', (failure, read) => {
    expect(readLogMessage(failure)).toEqual({ level: 'error', text: read });
  });

  test.each(['{"a":1}', '{broken', 'written past console'])('%s, which the function wrote, stays as it is', (own) => {
    expect(readLogMessage(own)).toEqual({ level: 'info', text: own });
  });

  test.each([
    `START RequestId: ${id} Version: $LATEST`,
    'INIT_START Runtime Version: nodejs:24',
    JSON.stringify({ type: 'platform.start', record: {} }),
    JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: [] }, OrdersProcessed: 1 }),
  ])('says nothing new: %s', (nothing) => {
    expect(readLogMessage(nothing)).toBeUndefined();
  });
});
