import { styleText } from 'node:util';
import type { LogEvent, RuntimeEvent } from '../events.ts';
import { readLogMessage } from './log-text.ts';

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
const nameColumns = 16;

/** One line for a person at a terminal, or undefined for events that say nothing new. */
export function renderEvent(event: RuntimeEvent, options: RenderOptions): string | undefined {
  const paint = (style: Style, text: string) =>
    options.color ? styleText(style, text, { validateStream: false }) : text;
  const line = (source: string, text: string) => `${paint('dim', timeOfDay(event.atMs))}  ${source}  ${text}`;
  const runtime = paint('dim', 'runtime'.padEnd(nameColumns + 5));

  switch (event.type) {
    case 'log': {
      const text = logText(event, options, paint);
      return text === undefined ? undefined : line(who(event, options, paint), text);
    }
    case 'batch-ended': {
      if (event.kept.length === 0 || event.reason === undefined) return undefined;
      const size = event.kept.length + event.deleted.length;
      const queue = options.queueLabel(event.queueName);
      return line(
        runtime,
        paint('yellow', `${queue}: ${event.kept.length} of a batch of ${size} stay: ${event.reason}`),
      );
    }
    case 'message-moved': {
      const name = options.messageLabel?.(event.messageId) ?? event.messageId;
      const text = `${name}: ${options.queueLabel(event.fromQueueName)} → ${options.queueLabel(event.toQueueName)}`;
      return line(runtime, paint('yellow', text));
    }
    case 'message-expired':
      return line(runtime, paint('red', `${event.messageId} expired in ${options.queueLabel(event.queueName)}`));
    case 'messages-filtered':
      return line(runtime, `${event.messageIds.length} messages match no filter and are deleted unprocessed`);
    case 'fault-injected':
      return line(runtime, paint('magentaBright', `FAULT ${event.fault}: ${event.detail}`));
    case 'notice':
      return line(
        runtime,
        event.level === 'info' ? event.message : paint(event.level === 'error' ? 'red' : 'yellow', event.message),
      );
    case 'invocation-started':
    case 'invocation-ended':
    case 'batch-started':
    case 'messages-sent':
      return undefined;
  }
}

type Paint = (style: Style, text: string) => string;

function who({ functionName, environmentId }: LogEvent, { functionLabel }: RenderOptions, paint: Paint): string {
  const color = environmentColors[Number.parseInt(environmentId.slice(0, 4), 16) % environmentColors.length] ?? 'cyan';
  return paint(color, `${functionLabel(functionName).padEnd(nameColumns)} ${environmentId.slice(0, 4)}`);
}

function logText(event: LogEvent, options: RenderOptions, paint: Paint): string | undefined {
  const log = readLogMessage(event.message);
  if (log === undefined) return undefined;
  const text = [log.text, ...fieldTexts(log.fields ?? {}, options)].filter((part) => part !== '').join('  ');
  switch (log.level) {
    case 'platform':
    case 'debug':
      return paint('dim', text);
    case 'warn':
      return paint('yellow', text);
    case 'error':
      return paint('red', text);
    case 'info':
      return text;
  }
}

function fieldTexts(fields: Readonly<Record<string, unknown>>, { messageLabel }: RenderOptions): string[] {
  const { messageId } = fields;
  const label = typeof messageId === 'string' ? messageLabel?.(messageId) : undefined;
  const texts = Object.entries(fields)
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
