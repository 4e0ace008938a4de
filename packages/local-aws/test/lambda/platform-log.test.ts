import { describe, expect, test } from '@jest/globals';
import { logTail, passesLogLevel } from '../../src/services/lambda/environment-log.ts';
import type { FunctionModel } from '../../src/services/lambda/model.ts';
import { type PlatformEvent, platformLog } from '../../src/services/lambda/platform-log.ts';
import { functionModel } from './function-fixture.ts';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const report = { durationMs: 12.345, initDurationMs: 40.5, maxMemoryUsedMb: 70 };
const reported: PlatformEvent = { type: 'report', requestId: 'r', producedBytes: 4, report };
const start: PlatformEvent = { type: 'start', requestId: 'r', functionArn: 'arn' };
const initStart: PlatformEvent = { type: 'init-start', phase: 'init', runtimeVersion: 'nodejs:24', arn: 'arn' };
const initReport: PlatformEvent = { type: 'init-report', phase: 'init', durationMs: 40.5 };
const failure = { status: 'error', errorType: 'Runtime.ExitError', line: 'RequestId: r Error: …' } as const;

function log(fn: Partial<FunctionModel>, event: PlatformEvent): unknown[] {
  const lines = platformLog(functionModel({ memoryMb: 128, ...fn }), event, nowMs);
  return fn.logFormat === 'JSON' ? lines.map((line) => JSON.parse(line) as unknown) : lines;
}

function types(systemLogLevel: 'DEBUG' | 'WARN', events: readonly PlatformEvent[]): string[] {
  return events
    .flatMap((event) => log({ logFormat: 'JSON', systemLogLevel }, event))
    .map((line) => (line as { type: string }).type);
}

describe('the platform’s log in text', () => {
  test('has INIT_START, START, END and REPORT, the latter with fields that each end in a tab', () => {
    expect([initStart, initReport, start, reported].flatMap((event) => log({}, event))).toEqual([
      'INIT_START Runtime Version: nodejs:24\tRuntime Version ARN: arn',
      'START RequestId: r Version: $LATEST',
      'END RequestId: r',
      'REPORT RequestId: r\tDuration: 12.35 ms\tBilled Duration: 53 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\tInit Duration: 40.50 ms\t',
    ]);
  });

  test('says why an invocation failed before END, and how in REPORT', () => {
    const lines = log({}, { ...reported, report: { durationMs: 1, maxMemoryUsedMb: 70, failure } });
    expect(lines[0]).toBe('RequestId: r Error: …');
    expect(lines[2]).toMatch(/\tStatus: error\tError Type: Runtime.ExitError\t$/);
    const timeout = log({}, { ...reported, report: { ...report, failure: { status: 'timeout' } } });
    expect(timeout[1]).toMatch(/\tStatus: timeout\t$/);
  });

  test('has INIT_REPORT only for an initialisation that failed', () => {
    expect(log({}, { ...initReport, failure })).toEqual([
      'INIT_REPORT Init Duration: 40.50 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError',
    ]);
  });
});

describe('the platform’s log in JSON', () => {
  const time = '2026-01-02T03:04:05.678Z';

  test('has start and report at level INFO', () => {
    const fn = { logFormat: 'JSON', systemLogLevel: 'INFO' } as const;
    expect([initReport, start, reported].flatMap((event) => log(fn, event))).toEqual([
      { time, type: 'platform.start', record: { requestId: 'r', functionArn: 'arn', version: '$LATEST' } },
      {
        time,
        type: 'platform.report',
        record: {
          requestId: 'r',
          metrics: {
            durationMs: 12.345,
            billedDurationMs: 53,
            memorySizeMB: 128,
            maxMemoryUsedMB: 70,
            initDurationMs: 40.5,
          },
          status: 'success',
        },
      },
    ]);
  });

  test('adds what is done at level DEBUG, and has only failures at level WARN', () => {
    const failed: PlatformEvent = { ...reported, report: { ...report, failure } };
    expect(types('DEBUG', [initReport, start, reported])).toEqual([
      'platform.initRuntimeDone',
      'platform.initReport',
      'platform.start',
      'platform.runtimeDone',
      'platform.report',
    ]);
    expect(types('WARN', [initStart, initReport, start, reported])).toEqual([]);
    expect(types('WARN', [start, failed])).toEqual(['platform.runtimeDone', 'platform.report']);
  });
});

test('a line written past console is filtered by its level in JSON format, and counts as INFO without one', () => {
  const warn = functionModel({ logFormat: 'JSON', applicationLogLevel: 'WARN' });
  expect(passesLogLevel(warn, 'plain')).toBe(false);
  expect(passesLogLevel(warn, '{"level":"error"}')).toBe(true);
  expect(passesLogLevel(warn, '{"level":"nonsense"}')).toBe(false);
  expect(passesLogLevel(functionModel({ applicationLogLevel: 'WARN' }), 'plain')).toBe(true);
});

test('the tail of a log is its last 4 KB', () => {
  expect(logTail(['a', 'b'])).toBe('a\nb\n');
  const tail = logTail(['x'.repeat(5000), 'last']);
  expect(tail).toHaveLength(4096);
  expect(tail).toMatch(/xx\nlast\n$/);
});
