import { describe, expect, test } from '@jest/globals';
import { readLogMessage } from '../../src/log-text.ts';

const id = '7f1c0a52-4c1d-4d2c-9d5e-0b8f3f1f2a11';

describe('a line of the text format', () => {
  test.each([
    [`2026-01-01T00:00:00.000Z\t${id}\tINFO\tResized cat.jpg\n`, { level: 'info', text: 'Resized cat.jpg' }],
    [`2026-01-01T00:00:00.000Z\t${id}\tWARN\ttwo\nlines`, { level: 'warn', text: 'two\nlines' }],
    [`2026-01-01T00:00:00.000Z\tundefined\tDEBUG\tat load`, { level: 'debug', text: 'at load' }],
    ['written past console', { level: 'info', text: 'written past console' }],
  ])('%j is its message', (line, expected) => {
    expect(readLogMessage(line)).toEqual(expected);
  });

  test.each(['Invoke Error', 'Uncaught Exception', 'Unhandled Promise Rejection', 'Init Error'])(
    'that ends in the document of an %s names it without its stack',
    (what) => {
      const document = JSON.stringify({ errorType: 'TypeError', errorMessage: 'no such thing', stack: ['a', 'b'] });
      expect(readLogMessage(`2026-01-01T00:00:00.000Z\t${id}\tERROR\t${what} \t${document}`)).toEqual({
        level: 'error',
        text: `${what}: TypeError: no such thing`,
      });
    },
  );

  test.each([
    [`2026-01-01T00:00:03.000Z ${id} Task timed out after 3.00 seconds`, 'Task timed out after 3.00 seconds'],
    [
      `RequestId: ${id} Error: Runtime exited with error: exit status 1\nRuntime.ExitError`,
      'Runtime exited with error: exit status 1',
    ],
  ])('in which the platform tells of a failure is an error', (line, text) => {
    expect(readLogMessage(line)).toEqual({ level: 'error', text });
  });

  test.each([
    `START RequestId: ${id} Version: $LATEST`,
    `END RequestId: ${id}`,
    'INIT_START Runtime Version: nodejs:24\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:local',
  ])('%j says nothing new', (line) => {
    expect(readLogMessage(line)).toBeUndefined();
  });

  test('REPORT is short', () => {
    const report = `REPORT RequestId: ${id}\tDuration: 3000.00 ms\tBilled Duration: 3052 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\tInit Duration: 51.60 ms\tStatus: timeout\t`;
    expect(readLogMessage(report)).toEqual({
      level: 'platform',
      text: 'REPORT timeout 3000.0 ms, cold start 52 ms, 40 MB',
    });
  });
});

const line = (members: object) => JSON.stringify({ timestamp: '2026-01-01T00:00:00.000Z', requestId: id, ...members });

const platform = (type: string, record: object) => JSON.stringify({ time: '', type: `platform.${type}`, record });

describe('a line of the JSON format', () => {
  test('is nothing to read when it is metrics', () => {
    const metrics = { _aws: { Timestamp: 1, CloudWatchMetrics: [] }, FunctionName: 'f', Resized: 1 };
    expect(readLogMessage(JSON.stringify(metrics))).toBeUndefined();
    const likeMetrics = JSON.stringify({ _aws: 'a text' });
    expect(readLogMessage(likeMetrics)).toEqual({ level: 'info', text: likeMetrics });
  });

  test('is its message, and the fields of an object that has one', () => {
    expect(readLogMessage(line({ level: 'INFO', message: 'plain' }))).toEqual({ level: 'info', text: 'plain' });
    expect(readLogMessage(line({ level: 'WARN', message: { message: 'Bad Upload', uploadId: 'a' } }))).toEqual({
      level: 'warn',
      text: 'Bad Upload',
      fields: { uploadId: 'a' },
    });
    expect(readLogMessage(line({ level: 'FATAL', message: { uploadId: 'a' } }))).toEqual({
      level: 'error',
      text: '',
      fields: { uploadId: 'a' },
    });
  });

  test('with an error is its type and message', () => {
    const error = { errorType: 'RangeError', errorMessage: 'too far', stackTrace: ['x'] };
    const expected = { level: 'error', text: 'RangeError: too far' };
    expect(readLogMessage(line({ level: 'ERROR', message: error }))).toEqual(expected);
    expect(readLogMessage(line({ level: 'ERROR', message: 'text', ...error }))).toEqual(expected);
  });

  test('of the platform is REPORT or nothing', () => {
    expect(readLogMessage(platform('start', {}))).toBeUndefined();
    const metrics = { durationMs: 12.34, maxMemoryUsedMB: 50 };
    expect(readLogMessage(platform('report', { status: 'success', metrics }))?.text).toBe('REPORT 12.3 ms, 50 MB');
    expect(readLogMessage(platform('report', { status: 'error', metrics }))?.text).toBe('REPORT error 12.3 ms, 50 MB');
  });

  test.each(['{"a":1}', '{broken'])('%s, which the function wrote itself, is as it is', (text) => {
    expect(readLogMessage(text)).toEqual({ level: 'info', text });
  });
});
