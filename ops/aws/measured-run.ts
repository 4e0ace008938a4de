import { type CloudWatchLogsClient, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import type { MeasuredRun } from '../../shared/doctor/facts.ts';
import { type LogFormat, parseReport, reportPatterns } from './invocation-report.ts';
import { logEvents } from './log-events.ts';

/** Whose reports to read, and since when. */
export interface ReportQuery {
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
