import { randomUUID } from 'node:crypto';
import type { ExecutionEnvironmentServices } from './environment-services.ts';
import type { FunctionModel, LogLevel } from './model.ts';
import { type PlatformEvent, platformLog } from './platform-log.ts';

/** The log stream of an execution environment: every line becomes an event of the runtime. */
export class ExecutionEnvironmentLog {
  /** 32 hex digits. */
  readonly executionEnvironmentId = randomUUID().replaceAll('-', '');
  /** The first 8 of them, by which people tell execution environments apart. */
  readonly shortId = this.executionEnvironmentId.slice(0, 8);
  readonly streamName: string;
  readonly #fn: FunctionModel;
  readonly #services: Pick<ExecutionEnvironmentServices, 'clock' | 'events'>;
  #kept: string[] | undefined;

  constructor(fn: FunctionModel, services: Pick<ExecutionEnvironmentServices, 'clock' | 'events'>) {
    this.#fn = fn;
    this.#services = services;
    const day = new Date(services.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    this.streamName = `${day}/[$LATEST]${this.executionEnvironmentId}`;
  }

  /** A line of the function; `raw` when it did not come through `console`. */
  application(message: string, raw: boolean): void {
    if (!raw || passesLogLevel(this.#fn, message)) this.#emit('function', message);
  }

  platform(event: PlatformEvent): void {
    for (const line of platformLog(this.#fn, event, this.#services.clock.now())) this.#emit('platform', line);
  }

  /** Keeps the lines from now on, for the tail of the invocation that starts. */
  keep(): void {
    this.#kept = [];
  }

  takeKept(): readonly string[] {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    return kept;
  }

  #emit(source: 'platform' | 'function', message: string): void {
    this.#kept?.push(message);
    this.#services.events.emit({
      type: 'log',
      atMs: this.#services.clock.now(),
      functionName: this.#fn.name,
      executionEnvironmentId: this.shortId,
      logGroupName: this.#fn.logGroupName,
      logStreamName: this.streamName,
      source,
      message,
      logFormat: this.#fn.logFormat,
    });
  }
}

const levels: readonly string[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] satisfies LogLevel[];

/**
 * Whether a line that the function wrote past `console` reaches the log: in JSON format it is filtered by its member
 * `level`, and counts as INFO without one (Lambda Developer Guide, "Log-level filtering"). `console` filters itself.
 */
export function passesLogLevel(fn: FunctionModel, line: string): boolean {
  if (fn.logFormat !== 'JSON') return true;
  return levels.indexOf(levelOf(line)) >= levels.indexOf(fn.applicationLogLevel);
}

function levelOf(line: string): string {
  if (!line.startsWith('{')) return 'INFO';
  try {
    const { level } = JSON.parse(line) as { level?: unknown };
    const name = typeof level === 'string' ? level.toUpperCase() : '';
    return levels.includes(name) ? name : 'INFO';
  } catch {
    return 'INFO';
  }
}

/** `LogType: Tail` answers the last 4 KB of the log (Lambda API reference, Invoke). */
const tailBytes = 4096;

/** The end of the log, cut by bytes and so perhaps within a line, as on AWS. */
export function logTail(lines: readonly string[]): string {
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return text.subarray(Math.max(text.length - tailBytes, 0)).toString('utf8');
}
