import { type LogText, readLogMessage } from 'local-aws';
import type { FunctionName } from '../aws/stack-outputs.ts';
import { type Paint, printable } from '../terminal/output.ts';

/** A log event of a function. */
export interface FunctionLogEvent {
  readonly function: FunctionName;
  readonly atMs: number;
  readonly message: string;
}

const styles = {
  platform: 'gray',
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
} as const satisfies Record<LogText['level'], string>;

/** A log event as a line; undefined for those that tell a person nothing, the begin and end of an invocation. */
export function logLine({ function: name, atMs, message }: FunctionLogEvent, paint: Paint): string | undefined {
  const read = readLogMessage(message);
  if (read === undefined) return undefined;
  const { level, text, fields = {} } = read;
  const details = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const at = new Date(atMs).toISOString().slice(11, 23);
  const words = paint(styles[level], printable(text).padEnd(14));
  return `${at}  ${name.padEnd(15)}  ${words}  ${printable(details.join(' '))}`.trimEnd();
}

/** A log event as a JSON document, the logged JSON inside it. */
export function logDocument({ function: name, atMs, message }: FunctionLogEvent): unknown {
  return { at: new Date(atMs).toISOString(), function: name, message: parsed(message) };
}

function parsed(message: string): unknown {
  const line = message.trimEnd();
  if (!line.startsWith('{')) return line;
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
