/**
 * What Lambda writes into a function's log, in its two formats, `JSON` and `Text` (Lambda Developer Guide, "Working with
 * Lambda function logs"). All functions here are pure.
 */
export type LogFormat = 'JSON' | 'Text';

/** A log event as a person wants to read it. */
export interface LogText {
  readonly level: 'platform' | 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
  /** The object that the function logged, when it logged one. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Reads an event of either format. Undefined for lines that tell a person nothing new: the begin and the end of an
 * invocation, and metrics in CloudWatch's embedded metric format.
 */
export function readLogMessage(message: string): LogText | undefined {
  const line = message.trimEnd();
  return line.startsWith('{') ? readJsonLine(line) : readTextLine(line);
}

/** What Lambda logs of an invocation when it has ended. */
export interface InvocationReport {
  readonly durationMs: number;
  /** Only for the first invocation of an execution environment. */
  readonly initMs?: number;
  readonly memoryUsedMb: number;
  /** `success`, `timeout`, `error` or `failure`; the text format leaves out `success`. */
  readonly status?: string;
  readonly timedOut: boolean;
  readonly outOfMemory: boolean;
}

/** CloudWatch filter patterns that find the reports of a function, by its log format. */
export const reportPatterns: Readonly<Record<LogFormat, string>> = {
  JSON: '{ $.type = "platform.report" }',
  Text: '"REPORT RequestId"',
};

/** Undefined for a line that is no report. */
export function parseReport(line: string, format: LogFormat): InvocationReport | undefined {
  return format === 'JSON' ? reportOfJson(asObject(line) ?? {}) : reportOfText(line);
}

/** Which invocation a line about an error in Lambda's JSON format belongs to, and what the line is. */
export interface ErrorLine {
  /** Absent when the function wrote the line itself. */
  readonly requestId?: string | undefined;
  /**
   * `thrown`: an error alone; Lambda logs so what a handler throws. `logged`: the function's other lines. `failed`: the
   * report of an invocation that ended by an error. `ended`: another report, of a timeout for example.
   */
  readonly kind: 'thrown' | 'logged' | 'failed' | 'ended';
  /** What went wrong: `Order Not Processed: TimeoutError: no answer`. */
  readonly text: string;
}

export function errorLineOf(line: string): ErrorLine {
  const { type, record, requestId, errorType, message } = asObject(line) ?? {};
  if (type === 'platform.report') {
    const { status = 'failure', errorType: why } = record ?? {};
    const text = `the invocation ended: ${status}${why === undefined ? '' : ` (${why})`}`;
    return { requestId: record?.requestId, kind: status === 'error' ? 'failed' : 'ended', text };
  }
  const { text, fields } = readLogMessage(line) ?? { text: line };
  const kind = errorType !== undefined || isError(message) ? 'thrown' : 'logged';
  return { requestId, kind, text: [text, ...loggedError(fields?.['error'])].join(': ') };
}

/** The error that a function logged beside its message: `describeError` in shared/telemetry.ts, or a text. */
function loggedError(error: unknown): string[] {
  if (typeof error === 'string') return [error];
  const { name, message } = (error ?? {}) as { readonly name?: unknown; readonly message?: unknown };
  return [name, message].filter((part) => typeof part === 'string');
}

interface JsonLine {
  readonly level?: string;
  readonly requestId?: string;
  readonly message?: unknown;
  readonly errorType?: string;
  readonly type?: string;
  /** Of the embedded metric format: the line is for CloudWatch's metrics. */
  readonly _aws?: { readonly CloudWatchMetrics?: unknown };
  readonly record?: {
    readonly requestId?: string;
    readonly status?: string;
    readonly errorType?: string;
    readonly metrics?: {
      readonly durationMs?: number;
      readonly initDurationMs?: number;
      readonly memorySizeMB?: number;
      readonly maxMemoryUsedMB?: number;
    };
  };
}

function asObject(line: string): JsonLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function readJsonLine(line: string): LogText | undefined {
  const parsed = asObject(line);
  if (parsed?.type?.startsWith('platform.') === true) return reportText(reportOfJson(parsed));
  if (Array.isArray(parsed?.['_aws']?.CloudWatchMetrics)) return undefined;
  if (parsed?.level === undefined) return { level: 'info', text: line };
  const level = levelOf(parsed.level);
  const { message } = parsed;
  const error = parsed.errorType === undefined ? message : parsed;
  if (isError(error)) return { level, text: `${error.errorType}: ${error.errorMessage}` };
  if (typeof message !== 'object' || message === null) return { level, text: String(message) };
  const { message: title, ...fields } = message as Record<string, unknown>;
  return { level, text: typeof title === 'string' ? title : '', fields };
}

function readTextLine(line: string): LogText | undefined {
  if (/^(START|END) RequestId: /.test(line) || line.startsWith('INIT_START ')) return undefined;
  const report = reportOfText(line);
  if (report !== undefined) return reportText(report);
  const failure = platformFailure.exec(line)?.[1];
  if (failure !== undefined) return { level: 'error', text: failure };
  const [, level, text = ''] = /^\S+Z\t\S*\t([A-Z]+)\t([^]*)$/.exec(line) ?? [];
  return level === undefined ? { level: 'info', text: line } : { level: levelOf(level), text: withoutStack(text) };
}

/** What the platform says of a timeout, and of a process that ended. */
const platformFailure = /^(?:\S+Z [\da-f-]{36} (?=Task timed out)|RequestId: [\da-f-]{36} Error: )(.+)/;

/** `Invoke Error <tab> {…}` and its like carry the error as JSON. */
function withoutStack(text: string): string {
  const [, what, json = ''] = /^(\w[\w ]*) \t(\{.*\})$/.exec(text) ?? [];
  const error = asObject(json);
  return what !== undefined && isError(error) ? `${what}: ${error.errorType}: ${error.errorMessage}` : text;
}

/** How Lambda's JSON format writes an error. Its stack is left to the log itself. */
function isError(value: unknown): value is { errorType: string; errorMessage: string } {
  return typeof value === 'object' && value !== null && 'errorType' in value && 'errorMessage' in value;
}

function reportOfJson({ type, record }: JsonLine): InvocationReport | undefined {
  if (type !== 'platform.report' || record === undefined) return undefined;
  const { durationMs, initDurationMs, maxMemoryUsedMB, memorySizeMB } = record.metrics ?? {};
  return reportOf({
    durationMs: Number(durationMs),
    initMs: Number(initDurationMs),
    memoryUsedMb: Number(maxMemoryUsedMB),
    memorySizeMb: Number(memorySizeMB),
    status: record.status,
    errorType: record.errorType,
  });
}

function reportOfText(line: string): InvocationReport | undefined {
  if (!line.startsWith('REPORT RequestId: ')) return undefined;
  const fields = new Map(
    line.split('\t').map((field) => {
      const [name = '', value = ''] = field.split(': ', 2);
      return [name, value.trim()];
    }),
  );
  const numberOf = (name: string) => Number.parseFloat(fields.get(name) ?? '');
  return reportOf({
    durationMs: numberOf('Duration'),
    initMs: numberOf('Init Duration'),
    memoryUsedMb: numberOf('Max Memory Used'),
    memorySizeMb: numberOf('Memory Size'),
    status: fields.get('Status'),
    errorType: fields.get('Error Type'),
  });
}

/** Numbers that the line does not have are NaN. */
interface ReportFields {
  readonly durationMs: number;
  readonly initMs: number;
  readonly memoryUsedMb: number;
  readonly memorySizeMb: number;
  readonly status: string | undefined;
  readonly errorType: string | undefined;
}

function reportOf(fields: ReportFields): InvocationReport | undefined {
  const { durationMs, initMs, memoryUsedMb, memorySizeMb, status, errorType } = fields;
  if (Number.isNaN(durationMs) || Number.isNaN(memoryUsedMb)) return undefined;
  return {
    durationMs,
    memoryUsedMb,
    ...(!Number.isNaN(initMs) && { initMs }),
    ...(status !== undefined && { status }),
    timedOut: status === 'timeout',
    // A process that was killed at its limit may be reported as one that exited.
    outOfMemory: errorType === 'Runtime.OutOfMemory' || (status === 'error' && memoryUsedMb >= memorySizeMb),
  };
}

/** `REPORT timeout 3000.0 ms, cold start 52 ms, 40 MB` */
function reportText(report: InvocationReport | undefined): LogText | undefined {
  if (report === undefined) return undefined;
  const { durationMs, initMs, memoryUsedMb, status = 'success' } = report;
  const parts = [`${durationMs.toFixed(1)} ms`];
  if (initMs !== undefined) parts.push(`cold start ${initMs.toFixed(0)} ms`);
  parts.push(`${memoryUsedMb} MB`);
  return { level: 'platform', text: `REPORT${status === 'success' ? '' : ` ${status}`} ${parts.join(', ')}` };
}

const levels: Readonly<Record<string, LogText['level']>> = {
  FATAL: 'error',
  ERROR: 'error',
  WARN: 'warn',
  DEBUG: 'debug',
  TRACE: 'debug',
};

function levelOf(level: string): LogText['level'] {
  return levels[level] ?? 'info';
}
