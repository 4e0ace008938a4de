import { type CloudWatchLogsClient, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import type { MeasuredRun } from 'queue-doctor';
import { logEvents } from './logs.ts';

/** What Lambda logs of an invocation when it has ended. */
interface InvocationReport {
  readonly durationMs: number;
  readonly memoryUsedMb: number;
  readonly timedOut: boolean;
  readonly outOfMemory: boolean;
}

export type LogFormat = 'JSON' | 'Text';

/** CloudWatch filter patterns that find the reports of a function, by its log format. */
const reportPatterns: Readonly<Record<LogFormat, string>> = {
  JSON: '{ $.type = "platform.report" }',
  Text: '"REPORT RequestId"',
};

/** Undefined for what is no report. Formats: Lambda Developer Guide, "Working with Lambda function logs". */
export function parseReport(line: string, format: LogFormat): InvocationReport | undefined {
  return format === 'JSON' ? parseJson(line) : parseText(line);
}

interface PlatformReport {
  readonly type?: unknown;
  readonly record?: {
    readonly status?: unknown;
    readonly errorType?: unknown;
    readonly metrics?: {
      readonly durationMs?: unknown;
      readonly memorySizeMB?: unknown;
      readonly maxMemoryUsedMB?: unknown;
    };
  };
}

function parseJson(line: string): InvocationReport | undefined {
  const { type, record } = asObject(line);
  if (type !== 'platform.report' || record === undefined) return undefined;
  const { durationMs, maxMemoryUsedMB, memorySizeMB } = record.metrics ?? {};
  return reportOf(Number(durationMs), Number(maxMemoryUsedMB), Number(memorySizeMB), record.status, record.errorType);
}

function parseText(line: string): InvocationReport | undefined {
  if (!line.startsWith('REPORT RequestId: ')) return undefined;
  const fields = new Map(
    line.split('\t').map((field) => {
      const [name = '', value = ''] = field.split(': ', 2);
      return [name, value.trim()];
    }),
  );
  const numberOf = (name: string) => Number.parseFloat(fields.get(name) ?? '');
  const [durationMs, usedMb, sizeMb] = [numberOf('Duration'), numberOf('Max Memory Used'), numberOf('Memory Size')];
  return reportOf(durationMs, usedMb, sizeMb, fields.get('Status'), fields.get('Error Type'));
}

function reportOf(
  durationMs: number,
  memoryUsedMb: number,
  memorySizeMb: number,
  status: unknown,
  errorType: unknown,
): InvocationReport | undefined {
  if (Number.isNaN(durationMs) || Number.isNaN(memoryUsedMb)) return undefined;
  return {
    durationMs,
    memoryUsedMb,
    timedOut: status === 'timeout',
    // Killed at its limit, a process may be reported as one that exited.
    outOfMemory: errorType === 'Runtime.OutOfMemory' || (status === 'error' && memoryUsedMb >= memorySizeMb),
  };
}

function asObject(line: string): PlatformReport {
  try {
    return (JSON.parse(line) ?? {}) as PlatformReport;
  } catch {
    return {};
  }
}

/** Whose reports to read, and since when. */
interface ReportQuery {
  readonly logGroupName: string;
  readonly logFormat: LogFormat;
  /** Epoch milliseconds. */
  readonly startMs: number;
  /** Called for each report. */
  readonly onReport: () => void;
  readonly signal: AbortSignal;
}

/** What a function took, by the reports in its log group; undefined where there are none. */
export async function readMeasuredRun(
  client: CloudWatchLogsClient,
  { logGroupName, logFormat, startMs, onReport, signal }: ReportQuery,
): Promise<MeasuredRun | undefined> {
  let run: MeasuredRun = { invocations: 0, longestMs: 0, mostMemoryMb: 0, timeouts: 0, outOfMemory: 0 };
  try {
    for await (const { message } of logEvents(client, { logGroupName, startMs, pattern: reportPatterns[logFormat] })) {
      signal.throwIfAborted();
      const report = parseReport(message, logFormat);
      if (report === undefined) continue;
      onReport();
      run = {
        invocations: run.invocations + 1,
        longestMs: Math.max(run.longestMs, report.durationMs),
        mostMemoryMb: Math.max(run.mostMemoryMb, report.memoryUsedMb),
        timeouts: run.timeouts + Number(report.timedOut),
        outOfMemory: run.outOfMemory + Number(report.outOfMemory),
      };
    }
  } catch (error) {
    // Where nothing names a log group, Lambda makes one at the first invocation.
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  return run.invocations === 0 ? undefined : run;
}
