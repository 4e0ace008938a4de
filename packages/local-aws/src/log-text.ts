/** A log event as a person wants to read it. */
export interface LogText {
  readonly level: 'platform' | 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
  /** The object that the function logged, when it logged one. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Reads a CloudWatch log event of either of Lambda's formats. Undefined for lines that tell a person nothing new: the
 * begin and the end of an invocation, and metrics in CloudWatch's embedded metric format.
 */
export function readLogMessage(message: string): LogText | undefined {
  const line = message.trimEnd();
  return line.startsWith('{') ? readJsonLine(line) : readTextLine(line);
}

interface JsonLine {
  readonly level?: string;
  readonly message?: unknown;
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly type?: string;
  /** Present in a line of the embedded metric format, which is for CloudWatch's metrics. */
  readonly _aws?: { readonly CloudWatchMetrics?: unknown };
  readonly record?: {
    readonly status?: string;
    readonly metrics?: {
      readonly durationMs?: number;
      readonly initDurationMs?: number;
      readonly maxMemoryUsedMB?: number;
    };
  };
}

function readJsonLine(line: string): LogText | undefined {
  let parsed: JsonLine;
  try {
    parsed = JSON.parse(line) as JsonLine;
  } catch {
    return { level: 'info', text: line };
  }
  if (parsed.type?.startsWith('platform.') === true) return platformText(parsed);
  if (Array.isArray(parsed['_aws']?.CloudWatchMetrics)) return undefined;
  if (parsed.level === undefined) return { level: 'info', text: line };
  const level = levelOf(parsed.level);
  const { message } = parsed;
  const error = parsed.errorType === undefined ? message : parsed;
  if (isError(error)) return { level, text: `${error.errorType}: ${error.errorMessage}` };
  if (typeof message !== 'object' || message === null) return { level, text: String(message) };
  const { message: title, ...fields } = message as Record<string, unknown>;
  return { level, text: typeof title === 'string' ? title : '', fields };
}

/** How Lambda's JSON format writes an error: its stack is left to the log itself. */
function isError(value: unknown): value is { errorType: string; errorMessage: string } {
  return typeof value === 'object' && value !== null && 'errorType' in value && 'errorMessage' in value;
}

function platformText({ type, record }: JsonLine): LogText | undefined {
  if (type !== 'platform.report') return undefined;
  const { durationMs = 0, initDurationMs, maxMemoryUsedMB } = record?.metrics ?? {};
  const status = record?.status === undefined || record.status === 'success' ? '' : ` ${record.status}`;
  return { level: 'platform', text: `REPORT${status} ${reportText(durationMs, initDurationMs, maxMemoryUsedMB)}` };
}

function readTextLine(line: string): LogText | undefined {
  if (/^(START|END) RequestId: /.test(line) || line.startsWith('INIT_START ')) return undefined;
  if (line.startsWith('REPORT RequestId: ')) {
    const number = (name: string) => {
      const value = new RegExp(`\t${name}: ([\\d.]+)`).exec(line)?.[1];
      return value === undefined ? undefined : Number(value);
    };
    const text = reportText(number('Duration') ?? 0, number('Init Duration'), number('Max Memory Used'));
    const status = /\tStatus: (\w+)/.exec(line)?.[1];
    return { level: 'platform', text: `REPORT${status === undefined ? '' : ` ${status}`} ${text}` };
  }
  const failure = platformFailure.exec(line)?.[1];
  if (failure !== undefined) return { level: 'error', text: failure };
  const [, level, text = ''] = /^\S+Z\t\S*\t([A-Z]+)\t([^]*)$/.exec(line) ?? [];
  if (level === undefined) return { level: 'info', text: line };
  return { level: levelOf(level), text: withoutStack(text) };
}

/** What the platform says of a timeout, and of a process that ended. */
const platformFailure = /^(?:\S+Z [\da-f-]{36} (?=Task timed out)|RequestId: [\da-f-]{36} Error: )(.+)/;

/** `Invoke Error <tab> {…}` and its like carry the error as JSON. */
function withoutStack(text: string): string {
  const [, what, json = ''] = /^(\w[\w ]*) \t(\{.*\})$/.exec(text) ?? [];
  if (what === undefined) return text;
  try {
    const error: unknown = JSON.parse(json);
    return isError(error) ? `${what}: ${error.errorType}: ${error.errorMessage}` : text;
  } catch {
    return text;
  }
}

function reportText(durationMs: number, initMs: number | undefined, memoryMb: number | undefined): string {
  const parts = [`${durationMs.toFixed(1)} ms`];
  if (initMs !== undefined) parts.push(`cold start ${initMs.toFixed(0)} ms`);
  if (memoryMb !== undefined) parts.push(`${memoryMb} MB`);
  return parts.join(', ');
}

function levelOf(level: string): LogText['level'] {
  switch (level) {
    case 'ERROR':
    case 'FATAL':
      return 'error';
    case 'WARN':
      return 'warn';
    case 'DEBUG':
    case 'TRACE':
      return 'debug';
    default:
      return 'info';
  }
}

const mostFrames = 3;

/** Any value that a function logged, in one line, without the stack of an error. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join('; ');
  const inner = innerText(value);
  return typeof inner === 'string' ? inner : JSON.stringify(inner, (_key, part: unknown) => innerText(part));
}

/** The nearest places of a function's own code in the stack of an error that it logged; none for any other value. */
export function ownFrames(value: unknown): readonly string[] {
  const frames = loggedError(value)?.stack.split('\n') ?? [];
  const own = frames.filter((line) => /^ +at /.test(line) && !/node_modules\/|\(?node:/.test(line));
  return own.slice(0, mostFrames).map((frame) => frame.trim());
}

function innerText(value: unknown): unknown {
  const error = loggedError(value);
  if (error !== undefined) return `${error.name}: ${error.message}`;
  return typeof value === 'string' ? value.replaceAll(/\s*\n\s*/g, ' ') : value;
}

/** An error as `console` logs it within an object, or as Lambda's JSON format writes it. */
function loggedError(
  value: unknown,
): { readonly name: string; readonly message: string; readonly stack: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const {
    name,
    message,
    stack,
    errorType = name,
    errorMessage = message,
    stackTrace,
  } = value as Record<string, unknown>;
  if (typeof errorType !== 'string' || typeof errorMessage !== 'string') return undefined;
  const trace = Array.isArray(stackTrace) ? stackTrace.join('\n') : stack;
  if (typeof trace !== 'string' && !('errorType' in value)) return undefined;
  return { name: errorType, message: errorMessage, stack: typeof trace === 'string' ? trace : '' };
}

/**
 * Text from messages, logs and requests as it may go to a terminal: control characters, which could move the cursor,
 * change its colours or forge lines, become `�`.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g, '\uFFFD');
}

/**
 * The same of text that may have lines, a stack say: those after the first are indented, so that none looks like ours.
 */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(withoutTabs).map(printable).join('\n    ');
}

function withoutTabs(line: string): string {
  return line.replaceAll('\t', '  ');
}
