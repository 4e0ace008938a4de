import {
  type CloudWatchLogsClient,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { MeasuredRun } from 'queue-doctor';
import { isShortId } from '../short-ids.ts';
import { type LogFormat, parseReport, reportPatterns } from './lambda-log.ts';

/** An event of CloudWatch Logs, its time in milliseconds since the epoch. */
export interface LogEvent {
  readonly eventId: string;
  readonly atMs: number;
  readonly logStreamName: string;
  readonly message: string;
}

/** Which events of a group to read. */
interface LogQuery {
  readonly logGroupName: string;
  /** Epoch milliseconds, counted in. */
  readonly startMs: number;
  readonly endMs?: number;
  /** CloudWatch's filter pattern. */
  readonly pattern?: string | undefined;
}

/** Events of a log group by their time, page by page. Pages may be empty while CloudWatch still searches. */
export async function* logEvents(
  client: CloudWatchLogsClient,
  { logGroupName, startMs, endMs, pattern }: LogQuery,
): AsyncGenerator<LogEvent> {
  const pages = paginateFilterLogEvents(
    { client },
    {
      logGroupName,
      startTime: startMs,
      ...(endMs !== undefined && { endTime: endMs }),
      ...(pattern !== undefined && { filterPattern: pattern }),
    },
  );
  for await (const { events = [] } of pages) {
    for (const { eventId = '', timestamp: atMs = 0, logStreamName = '', message = '' } of events)
      yield { eventId, atMs, logStreamName, message };
  }
}

/** A filter pattern holds at most 1,024 characters (CloudWatch Logs API reference); the terms of an id up to 180. */
const idsPerPattern = 5;

/**
 * Patterns that together find every line about an order: by its id, or by the ids of the messages that brought it. The
 * first digits of a UUID are enough.
 */
export function orderPatterns(ids: Iterable<string>): string[] {
  const terms = [...new Set(ids)].map((id) => {
    // An asterisk at the end stands for any text (CloudWatch Logs User Guide, "Filter pattern syntax").
    const quoted = JSON.stringify(isShortId(id) ? `${id}*` : id);
    return `($.message.orderId = ${quoted}) || ($.message.messageId = ${quoted})`;
  });
  return Array.from({ length: Math.ceil(terms.length / idsPerPattern) }, (_, index) => {
    const some = terms.slice(index * idsPerPattern, (index + 1) * idsPerPattern);
    return `{ ${some.join(' || ')} }`;
  });
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

/** What the invocations of a function took, by the reports in its log group. Undefined when there are none. */
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
    // Lambda makes the log group at the first invocation, when no template does.
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  return run.invocations === 0 ? undefined : run;
}
