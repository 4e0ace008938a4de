import { logMessages } from '../../../shared/telemetry.ts';
import { type LogText, readLogMessage } from '../aws/lambda-log.ts';
import { type FunctionName, functionNames } from '../aws/stack.ts';
import { shortId } from '../short-ids.ts';
import { isoTime } from '../time.ts';
import { displayWidth, type Paint, printable, wrapped } from './output.ts';

/** A log event of a function. */
export interface FunctionLogEvent {
  readonly function: FunctionName;
  readonly atMs: number;
  /** Each instance of a function has a log stream of its own. */
  readonly logStreamName: string;
  readonly message: string;
}

/**
 * Short name of the instance (execution environment) that a log stream is of, as the local runtime shows it: the first
 * digits of the id in `2026/11/20/[$LATEST]5d13…`. Of any other stream, the whole name.
 */
export function instanceOf(logStreamName: string): string {
  return /\]([\da-f]{4})[\da-f]*$/.exec(logStreamName)?.[1] ?? logStreamName;
}

const styles = {
  platform: 'gray',
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
} as const satisfies Record<LogText['level'], string>;

/** How briefly an event is told, for terminals from wide to narrow. Errors and reasons are told by all of them. */
const brevities = ['whole', 'short ids', 'one id', 'narrow'] as const;
type Brevity = (typeof brevities)[number];

/**
 * A log event as a line, as short as the terminal needs it, and in several lines where no line can hold it. Undefined for
 * an event that tells a person nothing, such as the begin of an invocation.
 */
export function logLine(event: FunctionLogEvent, paint: Paint, columns = Infinity): string | undefined {
  const read = readLogMessage(event.message);
  if (read === undefined) return undefined;
  const lines = brevities.map((brevity) => lineOf(event, read, paint, brevity));
  const fitting = lines.find(({ head, rest }) => displayWidth(head) + gap.length + displayWidth(rest) <= columns);
  const { head, rest } = fitting ?? lines.at(-1)!;
  const [first = '', ...more] = wrapped(rest, columns - indent.length, columns - displayWidth(head) - gap.length);
  return [`${head}${gap}${first}`.trimEnd(), ...more.map((line) => indent + line)].join('\n');
}

const gap = '  ';
const indent = '    ';
const nameColumns = Math.max(...functionNames.map(({ length }) => length));
/** Most lines have one of the shorter titles. */
const titleColumns = logMessages.failedOrder.length + gap.length;

function lineOf(
  { function: name, atMs, logStreamName }: FunctionLogEvent,
  read: LogText,
  paint: Paint,
  brevity: Brevity,
) {
  const isNarrow = brevity === 'narrow';
  const [title = '', ...below] = read.text.split(/\r?\n/);
  const at = isoTime(atMs).slice(11);
  const parts = [
    isNarrow ? at.replace(/\.\d+/, '') : at,
    `${isNarrow ? name : name.padEnd(nameColumns)} ${printable(instanceOf(logStreamName))}`,
  ];
  const fields = toldFields(Object.entries(read.fields ?? {}), brevity).map(([key, value]) =>
    fieldText(key, value, brevity),
  );
  const short = title.length <= longestTitle;
  const words = paint(
    styles[read.level],
    printable(isNarrow || fields.length === 0 ? title : title.padEnd(titleColumns)),
  );
  return {
    head: [...parts, ...(short ? [words] : [])].join(gap),
    rest: printable([...(short ? [] : [title]), ...below.map((line) => line.trim()), ...fields].join(' ')),
  };
}

/** The titles of this project's functions are shorter; a longer text is broken between its words. */
const longestTitle = 30;

type Field = readonly [key: string, value: unknown];

/** Briefly, a first receive and traces are not told; more briefly, an order is known by its own id alone. */
function toldFields(fields: readonly Field[], brevity: Brevity): readonly Field[] {
  const told = fields.filter(([, value]) => value !== null);
  if (brevity === 'whole') return told;
  const hasOrderId = told.some(([key]) => key === 'orderId');
  const isLeftOut = ([key, value]: Field) =>
    key === 'traceId' ||
    (key === 'receiveCount' && value === 1) ||
    (key === 'messageId' && hasOrderId && brevity !== 'short ids');
  return told.filter((field) => !isLeftOut(field));
}

function fieldText(key: string, value: unknown, brevity: Brevity): string {
  const plain = plainValue(value);
  const text = typeof plain === 'string' ? plain : JSON.stringify(plain, (_key, part: unknown) => plainValue(part));
  const shown = brevity === 'whole' ? text : shortId(text);
  return shown !== text && brevity === 'narrow' ? shown : `${key}=${shown}`;
}

/** An error by its name and message, a text in one line. The stack of an error is left to --json. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/\s*\n\s*/g, ' ');
  if (typeof value !== 'object' || value === null || !('stack' in value)) return value;
  const { name, message } = value as { readonly name?: unknown; readonly message?: unknown };
  return typeof name === 'string' && typeof message === 'string' ? `${name}: ${message.replaceAll('\n', ' ')}` : value;
}
