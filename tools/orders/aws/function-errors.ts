import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { logMessages } from '../../../shared/telemetry.ts';
import { isoTime } from '../time.ts';
import { errorLineOf, readLogMessage } from './lambda-log.ts';
import { type LogEvent, logEvents } from './logs.ts';
import { type ByFunction, type FunctionName, functionsWith, logGroupOf, type StackOutputs } from './stack.ts';

/** How many errors each function had. */
export type ErrorCounts = ByFunction<number>;

/** Errors of one function with the same message. */
export interface ErrorGroup {
  readonly function: FunctionName;
  /** Ids, amounts and times in the message are `*`. */
  readonly message: string;
  readonly count: number;
  /** ISO 8601. */
  readonly lastAt: string;
}

/** What the functions' logs say of errors, and of the tries after them. */
export interface FunctionErrors {
  readonly counts: ErrorCounts;
  /** The most frequent first. */
  readonly groups: readonly ErrorGroup[];
  /** When messages come back whose try failed (epoch milliseconds), by the function that gets them. */
  readonly nextTriesMs: ByFunction<readonly number[]>;
}

/**
 * Errors of the functions themselves: lines that they logged as errors, and invocations that ended by a crash or a
 * timeout. Failed orders are logged as errors, too, but they are no errors of the functions. The lines about the next
 * tries come along, so that the logs are searched once.
 */
const pattern =
  `{ (($.level = "ERROR" || $.level = "FATAL") && ` +
  `($.message.message NOT EXISTS || $.message.message != "${logMessages.failedOrder}")) || ` +
  `($.type = "platform.report" && $.record.status != "success") || ` +
  `$.message.message = "${logMessages.triesScheduled}" }`;

/** @param startMs from when on errors count (epoch milliseconds) */
export async function readFunctionErrors(
  client: CloudWatchLogsClient,
  { logGroups }: StackOutputs,
  startMs: number,
): Promise<FunctionErrors> {
  const names = functionsWith(logGroups);
  const logs = await Promise.all(
    names.map((name) => readErrors(logEvents(client, { logGroupName: logGroupOf(logGroups, name), startMs, pattern }))),
  );
  const byFunction = <Value>(valueOf: (log: ReadErrors) => Value) =>
    Object.fromEntries(names.map((name, index) => [name, valueOf(logs[index]!)])) as unknown as ByFunction<Value>;
  return {
    counts: byFunction(({ groups }) => groups.reduce((sum, { count }) => sum + count, 0)),
    groups: names
      .flatMap((name, index) => logs[index]!.groups.map((group) => ({ function: name, ...group })))
      .toSorted((a, b) => b.count - a.count),
    nextTriesMs: byFunction(({ nextTriesMs }) => nextTriesMs),
  };
}

/** The same of one function. */
interface ReadErrors {
  readonly groups: readonly Omit<ErrorGroup, 'function'>[];
  readonly nextTriesMs: readonly number[];
}

/**
 * Lambda logs what a handler throws, and the report of the invocation says once more that it failed. The two count once.
 * Memory: the id (36 characters) of each failed invocation, and a number for each try that was scheduled.
 */
export async function readErrors(events: AsyncIterable<Pick<LogEvent, 'atMs' | 'message'>>): Promise<ReadErrors> {
  const groups = new Map<string, { count: number; lastMs: number }>();
  const nextTriesMs: number[] = [];
  const thrown = new Set<string>();
  const failed = new Map<string, { readonly atMs: number; readonly text: string }>();
  const add = (text: string, atMs: number) => {
    const message = groupedMessage(text);
    const { count, lastMs } = groups.get(message) ?? { count: 0, lastMs: atMs };
    groups.set(message, { count: count + 1, lastMs: Math.max(lastMs, atMs) });
  };
  for await (const { atMs, message } of events) {
    const waits = scheduledTries(message);
    if (waits !== undefined) {
      nextTriesMs.push(...waits.map((seconds) => atMs + seconds * 1000));
      continue;
    }
    const { requestId, kind, text } = errorLineOf(message);
    if (kind === 'failed' && requestId !== undefined) failed.set(requestId, { atMs, text });
    else add(text, atMs);
    if (kind === 'thrown' && requestId !== undefined) thrown.add(requestId);
  }
  for (const [requestId, { atMs, text }] of failed) if (!thrown.has(requestId)) add(text, atMs);
  return {
    groups: [...groups]
      .map(([message, { count, lastMs }]) => ({ message, count, lastAt: isoTime(lastMs) }))
      .toSorted((a, b) => b.count - a.count),
    nextTriesMs,
  };
}

/** Undefined for any other line. */
function scheduledTries(line: string): number[] | undefined {
  const read = readLogMessage(line);
  if (read?.text !== logMessages.triesScheduled) return undefined;
  const tries = read.fields?.['tries'];
  if (!Array.isArray(tries)) return [];
  return tries
    .map((entry: { readonly inSeconds?: unknown } | null) => Number(entry?.inSeconds))
    .filter(Number.isFinite);
}

/** A longer message is cut: nobody reads it in a table. */
const mostCharacters = 300;

/**
 * What errors of one kind have in common: the first line, and `*` for each word of four characters or more with a
 * digit, such as an id or an amount. A status such as 503 stays.
 */
function groupedMessage(text: string): string {
  const line = text.split('\n', 1)[0]!.slice(0, mostCharacters);
  return line.replaceAll(/[\w-]*\d[\w-]*/g, (word) => (word.length > 3 ? '*' : word));
}
