import type { FunctionModel, LogLevel } from './model.ts';

/** What happened in an execution environment, as the platform logs it. */
export type PlatformEvent =
  | { readonly type: 'init-start'; readonly phase: InitPhase; readonly runtimeVersion: string; readonly arn: string }
  | {
      readonly type: 'init-report';
      readonly phase: InitPhase;
      readonly durationMs: number;
      readonly failure?: FunctionFailure;
    }
  | { readonly type: 'start'; readonly requestId: string; readonly functionArn: string }
  | { readonly type: 'report'; readonly requestId: string; readonly report: Report; readonly producedBytes: number };

/** As on AWS an initialisation belongs to the `init` phase; after a failure or a reset, to the `invoke` phase. */
export type InitPhase = 'init' | 'invoke';

/** How an initialisation or an invocation failed, as the platform's log has it. */
export interface FunctionFailure {
  readonly status: 'error' | 'timeout';
  readonly errorType?: string;
  /** What the platform itself says of the failure; goes to text logs only. */
  readonly line?: string;
}

/** The numbers of a REPORT line, or of a `platform.report` event. */
export interface Report {
  readonly durationMs: number;
  /** Only present after a cold start. */
  readonly initDurationMs?: number;
  readonly maxMemoryUsedMb: number;
  readonly failure?: FunctionFailure;
}

const severity: Readonly<Record<LogLevel, number>> = { TRACE: 0, DEBUG: 1, INFO: 2, WARN: 3, ERROR: 4, FATAL: 5 };

/** Log events for what happened, in the function's log format. JSON ones pass the function's system log level. */
export function platformLog(fn: FunctionModel, event: PlatformEvent, nowMs: number): string[] {
  return fn.logFormat === 'JSON' ? jsonEvents(fn, event, nowMs) : textEvents(fn, event);
}

/** Init time is billed, too, since August 2025; billing is per started millisecond. */
function billedDurationMs(report: Report): number {
  return Math.ceil(report.durationMs + (report.initDurationMs ?? 0));
}

function textEvents(fn: FunctionModel, event: PlatformEvent): string[] {
  switch (event.type) {
    case 'init-start':
      return [`INIT_START Runtime Version: ${event.runtimeVersion}\tRuntime Version ARN: ${event.arn}`];
    case 'init-report':
      return event.failure === undefined ? [] : [initReportLine(event.durationMs, event.phase, event.failure)];
    case 'start':
      return [`START RequestId: ${event.requestId} Version: $LATEST`];
    case 'report':
      return [
        ...(event.report.failure?.line === undefined ? [] : [event.report.failure.line]),
        `END RequestId: ${event.requestId}`,
        reportLine(fn, event.requestId, event.report),
      ];
  }
}

function initReportLine(durationMs: number, phase: InitPhase, failure: FunctionFailure): string {
  return ['INIT_REPORT Init Duration: ' + milliseconds(durationMs), `Phase: ${phase}`, ...failureFields(failure)].join(
    '\t',
  );
}

function reportLine(fn: FunctionModel, requestId: string, report: Report): string {
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${milliseconds(report.durationMs)}`,
    `Billed Duration: ${billedDurationMs(report)} ms`,
    `Memory Size: ${fn.memoryMb} MB`,
    `Max Memory Used: ${report.maxMemoryUsedMb} MB`,
    ...(report.initDurationMs === undefined ? [] : [`Init Duration: ${milliseconds(report.initDurationMs)}`]),
    ...(report.failure === undefined ? [] : failureFields(report.failure)),
  ];
  return fields.join('\t') + '\t';
}

function failureFields(failure: FunctionFailure): string[] {
  const fields = [`Status: ${failure.status}`];
  return failure.errorType === undefined ? fields : [...fields, `Error Type: ${failure.errorType}`];
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(2)} ms`;
}

function jsonEvents(fn: FunctionModel, event: PlatformEvent, nowMs: number): string[] {
  const time = new Date(nowMs).toISOString();
  return jsonRecords(fn, event)
    .filter(({ level }) => severity[level] >= severity[fn.systemLogLevel])
    .map(({ type, record }) => JSON.stringify({ time, type: `platform.${type}`, record }));
}

interface JsonRecord {
  readonly level: LogLevel;
  readonly type: string;
  readonly record: Record<string, unknown>;
}

/**
 * Shapes: Lambda Developer Guide, "Telemetry API event schema". Levels: the table "System log level event mapping" of
 * "Log-level filtering".
 */
function jsonRecords(fn: FunctionModel, event: PlatformEvent): JsonRecord[] {
  switch (event.type) {
    case 'init-start': {
      const record = {
        initializationType: 'on-demand',
        phase: event.phase,
        runtimeVersion: event.runtimeVersion,
        runtimeVersionArn: event.arn,
        functionName: fn.name,
        functionVersion: '$LATEST',
      };
      return [{ level: 'INFO', type: 'initStart', record }];
    }
    case 'init-report': {
      const level = event.failure === undefined ? 'DEBUG' : 'WARN';
      const done = { initializationType: 'on-demand', phase: event.phase, ...statusOf(event.failure) };
      const metrics = { durationMs: rounded(event.durationMs) };
      return [
        { level, type: 'initRuntimeDone', record: done },
        { level, type: 'initReport', record: { ...done, metrics } },
      ];
    }
    case 'start': {
      const record = { requestId: event.requestId, functionArn: event.functionArn, version: '$LATEST' };
      return [{ level: 'INFO', type: 'start', record }];
    }
    case 'report':
      return invocationRecords(fn, event.requestId, event.report, event.producedBytes);
  }
}

function invocationRecords(fn: FunctionModel, requestId: string, report: Report, producedBytes: number): JsonRecord[] {
  const status = statusOf(report.failure);
  const durationMs = rounded(report.durationMs);
  const metrics = {
    durationMs,
    billedDurationMs: billedDurationMs(report),
    memorySizeMB: fn.memoryMb,
    maxMemoryUsedMB: report.maxMemoryUsedMb,
    ...(report.initDurationMs !== undefined && { initDurationMs: rounded(report.initDurationMs) }),
  };
  return [
    {
      level: report.failure === undefined ? 'DEBUG' : 'WARN',
      type: 'runtimeDone',
      record: { requestId, ...status, metrics: { durationMs, producedBytes } },
    },
    {
      level: report.failure === undefined ? 'INFO' : 'WARN',
      type: 'report',
      record: { requestId, metrics, ...status },
    },
  ];
}

function statusOf(failure: FunctionFailure | undefined): { status: string; errorType?: string } {
  if (failure === undefined) return { status: 'success' };
  return { status: failure.status, ...(failure.errorType !== undefined && { errorType: failure.errorType }) };
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
