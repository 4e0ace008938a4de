import { stripVTControlCharacters, styleText } from 'node:util';
import type { BatchEnded, LogEvent, EventsPut, MessagesPublished, RuntimeEvent } from './events.ts';
import { type LogText, ownFrames, printableLines, readLogMessage, valueText } from './log-text.ts';
import type { LocalModel } from './model.ts';

/** How `renderEvent` shows an event. */
export interface RenderOptions {
  readonly color: boolean;
  /** Short display name of a function; its physical name is long. */
  readonly functionLabel: (functionName: string) => string;
  readonly queueLabel: (queueName: string) => string;
  /** Default: the physical name. */
  readonly topicLabel?: (topicName: string) => string;
  /** What to call a message instead of its id, where more is known of it. */
  readonly messageLabel?: (messageId: string) => string | undefined;
  /** Characters of a line of the terminal. A log event that is longer is told more briefly. Default: no limit. */
  readonly columns?: number | undefined;
  /** Whether a batch of which nothing stays is a line, too. Default: no. */
  readonly batches?: boolean;
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
      const lines = brevities.map((brevity) => {
        const texts = [log.text, ...fieldTexts(log.fields ?? {}, options, brevity)];
        const frames = Object.values(log.fields ?? {}).flatMap(ownFrames);
        const text = printableLines([texts.filter((part) => part !== '').join('  '), ...frames].join('\n'));
        const at = timeOfDay(event.atMs).replace(brevity === 'narrow' ? /\.\d+/ : '', '');
        const source = who(event, options, paint, brevity === 'narrow' ? 0 : nameColumns);
        return `${paint('dim', at)}  ${source}  ${paint(levelStyles[log.level], text)}`;
      });
      const { columns = Infinity } = options;
      return lines.find((each) => firstLineLength(each) <= columns) ?? lines.at(-1);
    }
    case 'batch-ended': {
      const text = batchText(event, options);
      return text && line(runtime, text, event.kept.length > 0 ? 'yellow' : 'dim');
    }
    case 'message-moved': {
      const name = options.messageLabel?.(event.messageId) ?? event.messageId;
      const text = `${name}: ${options.queueLabel(event.fromQueueName)} → ${options.queueLabel(event.toQueueName)}`;
      return line(runtime, text, 'yellow');
    }
    case 'message-expired':
      return line(runtime, `${event.messageId} expired in ${options.queueLabel(event.queueName)}`, 'red');
    case 'messages-published': {
      const text = options.batches === true ? publishedText(event, options) : undefined;
      return text && line(runtime, text, 'dim');
    }
    case 'delivery-failed': {
      const { protocol, endpoint, reason, deadLetterQueueName: queue } = event;
      const to = protocol === 'lambda' ? options.functionLabel(endpoint) : options.queueLabel(endpoint);
      const outcome = queue === undefined ? 'is lost' : `→ ${options.queueLabel(queue)}`;
      const text = `${topicText(event, options)}: a message for ${to} ${outcome}: ${reason}`;
      return line(runtime, text, queue === undefined ? 'red' : 'yellow');
    }
    case 'events-put': {
      const text = options.batches === true ? putText(event) : undefined;
      return text && line(runtime, text, 'dim');
    }
    case 'target-failed': {
      const { ruleName, targetArn, reason, deadLetterQueueName: queue } = event;
      const target = labelled(targetArn.split(':').slice(5).join(':'), options);
      const outcome = queue === undefined ? 'is lost' : `→ ${options.queueLabel(queue)}`;
      const text = `${ruleName}: an event for ${target} ${outcome}: ${reason}`;
      return line(runtime, text, queue === undefined ? 'red' : 'yellow');
    }
    case 'messages-filtered':
      return line(runtime, `${event.messageIds.length} messages match no filter and are deleted unprocessed`);
    case 'http-request-served': {
      const { method, path, status, durationMs, reason } = event;
      const why = reason === undefined ? '' : `: ${reason}`;
      const text = `${event.name}: ${method} ${path} ${status} in ${Math.round(durationMs)} ms${why}`;
      return options.batches === true || status >= 500 ? line(runtime, text, status >= 500 ? 'red' : 'dim') : undefined;
    }
    case 'mail-delivered': {
      const { to, subject, fate } = event;
      const became = fate === 'delivered' ? '' : ` (${fate})`;
      return line(runtime, `mail to ${to.join(', ')}${became}: ${subject}`, became === '' ? 'green' : 'yellow');
    }
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

/** How briefly a log event is told, for terminals from wide to narrow. Errors and reasons are told by all of them. */
const brevities = ['whole', 'short ids', 'one id', 'narrow'] as const;
type Brevity = (typeof brevities)[number];

function isMadeUpId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

function firstLineLength(text: string): number {
  return stripVTControlCharacters(text.split('\n', 1)[0] ?? '').length;
}

/** What became of a batch. Undefined where nobody wants to know. */
function batchText(event: BatchEnded, { queueLabel, functionLabel, batches = false }: RenderOptions) {
  const { kept, deleted, gone = [], reason, executionEnvironmentId } = event;
  const size = kept.length + deleted.length + gone.length;
  const queue = queueLabel(event.queueName);
  if (kept.length > 0) {
    if (reason === undefined) return undefined;
    return `${queue}: ${kept.length} of a batch of ${size} stay${comeBackText(event)}: ${reason}`;
  }
  if (!batches) return undefined;
  const instance = executionEnvironmentId === undefined ? '' : ` ${executionEnvironmentId.slice(0, 4)}`;
  const what = gone.length === 0 ? 'all' : deleted.length;
  // The function deleted them itself, or the queue moved them: to its dead-letter queue, for example.
  const others = gone.length === 0 ? '' : `, ${gone.length} had left the queue before`;
  return `${queue}: batch of ${size} to ${functionLabel(event.functionName)}${instance}, ${what} deleted${others}`;
}

/** `orders: 2 messages published, 3 deliveries, 1 filtered out`: what one request published. */
function publishedText(event: MessagesPublished, options: RenderOptions): string {
  const { messages } = event;
  const sum = (of: (message: MessagesPublished['messages'][number]) => number) =>
    messages.reduce((total, message) => total + of(message), 0);
  const counts = [
    counted(messages.length, 'message published', 'messages published'),
    counted(
      sum(({ deliveries }) => deliveries),
      'delivery',
      'deliveries',
    ),
    ...rest(
      sum(({ filtered }) => filtered),
      'filtered out',
    ),
    ...rest(
      sum(({ isDuplicate }) => Number(isDuplicate)),
      'duplicate',
    ),
  ];
  return `${topicText(event, options)}: ${counts.join(', ')}`;
}

function topicText({ topicName }: { readonly topicName: string }, { topicLabel }: RenderOptions): string {
  return topicLabel?.(topicName) ?? topicName;
}

/** `default: shop OrderPlaced → to-kitchen`: an event and the rules that it has matched. */
function putText({ busName, events }: EventsPut): string {
  const texts = events.map(({ source, detailType, ruleNames }) => {
    return `${source} ${detailType} → ${ruleNames.length === 0 ? 'no rule' : ruleNames.join(', ')}`;
  });
  return `${busName}: ${texts.join('; ')}`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function rest(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${what}`];
}

/** `, hidden for 37 to 120 s`; nothing for messages that are visible already. */
function comeBackText({ atMs, comeBackAtMs = [] }: BatchEnded): string {
  const seconds = comeBackAtMs.map((backAtMs) => Math.max(0, Math.ceil((backAtMs - atMs) / 1000)));
  const [shortest, longest] = [Math.min(...seconds), Math.max(0, ...seconds)];
  if (longest === 0) return '';
  return `, hidden for ${shortest === longest ? '' : `${shortest} to `}${longest} s`;
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
  columns: number,
): string {
  const color =
    environmentColors[Number.parseInt(executionEnvironmentId.slice(0, 4), 16) % environmentColors.length] ?? 'cyan';
  return paint(color, `${functionLabel(functionName).padEnd(columns)} ${executionEnvironmentId.slice(0, 4)}`);
}

/** Without trace ids: they lead to X-Ray, and nothing collects traces here. */
function fieldTexts(
  fields: Readonly<Record<string, unknown>>,
  { messageLabel }: RenderOptions,
  brevity: Brevity,
): string[] {
  const { messageId } = fields;
  const label = typeof messageId === 'string' ? messageLabel?.(messageId) : undefined;
  const known = Object.entries(fields)
    .filter(([key]) => key !== 'traceId')
    .filter(([key, value]) => !isEmpty(value) && !(label !== undefined && (key === 'messageId' || value === label)));
  const texts = toldFields(known, brevity).map(([key, value]) => fieldText(key, value, brevity));
  return label === undefined ? texts : [label, ...texts];
}

type Field = readonly [key: string, value: unknown];

/** Briefly, a first receive is not told; more briefly, what a message brings is known by its own id alone. */
function toldFields(fields: readonly Field[], brevity: Brevity): readonly Field[] {
  if (brevity === 'whole') return fields;
  const hasOtherId = fields.some(([key]) => key.endsWith('Id') && key !== 'messageId');
  const isLeftOut = ([key, value]: Field) =>
    (key === 'receiveCount' && value === 1) || (key === 'messageId' && hasOtherId && brevity !== 'short ids');
  return fields.filter((field) => !isLeftOut(field));
}

function fieldText(key: string, value: unknown, brevity: Brevity): string {
  if (brevity === 'whole' || !isMadeUpId(value)) return `${key}=${valueText(value)}`;
  const digits = value.slice(0, 8);
  return brevity === 'narrow' ? digits : `${key}=${digits}`;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** `12:30:15.007Z`: the Z says that it is UTC. */
function timeOfDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(11);
}

/** Short display names, for `RenderOptions`. */
export interface ConsoleLabels {
  readonly functionLabel: (functionName: string) => string;
  readonly queueLabel: (queueName: string) => string;
  readonly topicLabel?: (topicName: string) => string;
}

/** Names short enough for a terminal: from logical ids where CloudFormation made up the physical name. */
export function consoleLabels(model: LocalModel): ConsoleLabels {
  const functions = new Map(
    model.functions.map(({ name, logicalId, stack }) => [name, shortName(name, logicalId, stack)]),
  );
  const queues = new Map(model.queues.map(({ name, logicalId, stack }) => [name, shortName(name, logicalId, stack)]));
  const topics = new Map(model.topics.map(({ name, logicalId, stack }) => [name, shortName(name, logicalId, stack)]));
  return {
    functionLabel: (name) => functions.get(name) ?? name,
    queueLabel: (name) => queues.get(name) ?? name,
    topicLabel: (name) => topics.get(name) ?? name,
  };
}

function shortName(name: string, logicalId: string, stack: string): string {
  const isGenerated =
    name.startsWith(`${stack}-${logicalId}`.slice(0, stack.length + 8)) && /-[0-9A-Z]{12}$/.test(name);
  if (!isGenerated) return name.startsWith(`${stack}-`) ? name.slice(stack.length + 1) : name;
  const words = logicalId
    // CDK appends eight hex digits to a construct's path.
    .replace(/[0-9A-F]{8}$/, '')
    .replace(/(Function|Lambda|Fn|Queue|Topic|Resource)+$/, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
  return words === '' ? logicalId : words;
}
