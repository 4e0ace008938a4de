import { styleText } from 'node:util';
import type { LogEvent, RuntimeEvent } from './events.ts';
import { type LogText, printableLines, readLogMessage } from './log-text.ts';
import type { LocalModel } from './model.ts';

/** How `renderEvent` shows an event. */
export interface RenderOptions {
  readonly color: boolean;
  /** Short display name of a function; its physical name is long. */
  readonly functionLabel: (functionName: string) => string;
  readonly queueLabel: (queueName: string) => string;
  /** What to call a message instead of its id, where more is known of it. */
  readonly messageLabel?: (messageId: string) => string | undefined;
}

type Style = Parameters<typeof styleText>[0];

const environmentColors = ['cyan', 'magenta', 'blue', 'green', 'yellowBright', 'cyanBright', 'magentaBright'] as const;
const levelStyles = {
  platform: 'dim',
  debug: 'dim',
  info: undefined,
  warn: 'yellow',
  error: 'red',
} as const satisfies Record<LogText['level'], Style | undefined>;
const noticeStyles = { info: undefined, warning: 'yellow', error: 'red' } as const;
const nameColumns = 16;

/**
 * One line for a person at a terminal, or undefined for events that say nothing new. What messages, logs and requests
 * bring is made printable.
 */
export function renderEvent(event: RuntimeEvent, options: RenderOptions): string | undefined {
  const paint: Paint = (style, text) =>
    options.color && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
  const line = (source: string, text: string, style?: Style) =>
    `${paint('dim', timeOfDay(event.atMs))}  ${source}  ${paint(style, printableLines(text))}`;
  const runtime = paint('dim', 'runtime'.padEnd(nameColumns + 5));

  switch (event.type) {
    case 'log': {
      const log = readLogMessage(event.message);
      if (log === undefined) return undefined;
      const text = [log.text, ...fieldTexts(log.fields ?? {}, options)].filter((part) => part !== '').join('  ');
      return line(who(event, options, paint), text, levelStyles[log.level]);
    }
    case 'batch-ended': {
      if (event.kept.length === 0 || event.reason === undefined) return undefined;
      const size = event.kept.length + event.deleted.length + (event.gone?.length ?? 0);
      const queue = options.queueLabel(event.queueName);
      return line(runtime, `${queue}: ${event.kept.length} of a batch of ${size} stay: ${event.reason}`, 'yellow');
    }
    case 'message-moved': {
      const name = options.messageLabel?.(event.messageId) ?? event.messageId;
      const text = `${name}: ${options.queueLabel(event.fromQueueName)} → ${options.queueLabel(event.toQueueName)}`;
      return line(runtime, text, 'yellow');
    }
    case 'message-expired':
      return line(runtime, `${event.messageId} expired in ${options.queueLabel(event.queueName)}`, 'red');
    case 'messages-filtered':
      return line(runtime, `${event.messageIds.length} messages match no filter and are deleted unprocessed`);
    case 'fault-injected':
      return line(runtime, `FAULT ${event.fault}: ${labelled(event.detail, options)}`, 'magentaBright');
    case 'notice':
      return line(runtime, event.message, noticeStyles[event.level]);
    case 'invocation-started':
    case 'invocation-ended':
    case 'batch-started':
    case 'messages-sent':
    case 'table-answered':
      return undefined;
  }
}

/** Names of functions and queues in a text by their short ones. */
function labelled(text: string, { functionLabel, queueLabel }: RenderOptions): string {
  return text.replace(/[\w.-]+/g, (word) => functionLabel(queueLabel(word)));
}

type Paint = (style: Style | undefined, text: string) => string;

function who(
  { functionName, executionEnvironmentId }: LogEvent,
  { functionLabel }: RenderOptions,
  paint: Paint,
): string {
  const color =
    environmentColors[Number.parseInt(executionEnvironmentId.slice(0, 4), 16) % environmentColors.length] ?? 'cyan';
  return paint(color, `${functionLabel(functionName).padEnd(nameColumns)} ${executionEnvironmentId.slice(0, 4)}`);
}

/** Without trace ids: they lead to X-Ray, and nothing collects traces here. */
function fieldTexts(fields: Readonly<Record<string, unknown>>, { messageLabel }: RenderOptions): string[] {
  const { messageId } = fields;
  const label = typeof messageId === 'string' ? messageLabel?.(messageId) : undefined;
  const texts = Object.entries(fields)
    .filter(([key]) => key !== 'traceId')
    .filter(([key, value]) => !isEmpty(value) && !(label !== undefined && (key === 'messageId' || value === label)))
    .map(([key, value]) => `${key}=${fieldValue(value)}`);
  return label === undefined ? texts : [label, ...texts];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function fieldValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join('; ');
  return JSON.stringify(value);
}

function timeOfDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 23);
}

/** Short display names, for `RenderOptions`. */
export interface ConsoleLabels {
  readonly functionLabel: (functionName: string) => string;
  readonly queueLabel: (queueName: string) => string;
}

/** Names short enough for a terminal: from logical ids where CloudFormation made up the physical name. */
export function consoleLabels(model: LocalModel): ConsoleLabels {
  const functions = new Map(
    model.functions.map(({ name, logicalId, stack }) => [name, shortName(name, logicalId, stack)]),
  );
  const queues = new Map(model.queues.map(({ name, logicalId, stack }) => [name, shortName(name, logicalId, stack)]));
  return {
    functionLabel: (name) => functions.get(name) ?? name,
    queueLabel: (name) => queues.get(name) ?? name,
  };
}

function shortName(name: string, logicalId: string, stack: string): string {
  const isGenerated =
    name.startsWith(`${stack}-${logicalId}`.slice(0, stack.length + 8)) && /-[0-9A-Z]{12}$/.test(name);
  if (!isGenerated) return name.startsWith(`${stack}-`) ? name.slice(stack.length + 1) : name;
  const words = logicalId
    // CDK appends eight hex digits to a construct's path.
    .replace(/[0-9A-F]{8}$/, '')
    .replace(/(Function|Lambda|Fn|Queue|Resource)+$/, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
  return words === '' ? logicalId : words;
}
