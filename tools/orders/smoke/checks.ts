import type { FailureRow, OrderRow } from '../../../shared/ledger/rows.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { messageLimits } from '../../../shared/pipeline.ts';
import { failureKinds, logMessages } from '../../../shared/telemetry.ts';

/** What should become of a message of the smoke test. */
type Expected = 'processed' | typeof failureKinds.invalid | typeof failureKinds.notJson;

/** A message that the smoke test sends. */
export interface SmokeMessage {
  readonly body: string;
  readonly expected: Expected;
  /** The id in the body, if it has one. */
  readonly orderId: string | null;
}

/**
 * The messages of one smoke test: a good order, the same order again in another layout, an order that lacks everything
 * but its id, and a text that is no JSON. Their ids begin with the marker, so that they are never taken for real orders.
 *
 * @param withFailures false leaves out those that fail: the alarm on failures then says nothing
 */
export function smokeMessages(marker: string, withFailures: boolean): readonly SmokeMessage[] {
  const orderId = `${marker}-good`;
  const good = exampleOrder(0, orderId);
  const processed = [JSON.stringify(good), JSON.stringify(good, undefined, 2)].map(
    (body) => ({ body, expected: 'processed', orderId }) as const,
  );
  const badId = `${marker}-bad`;
  const bad = { body: JSON.stringify({ orderId: badId }), expected: failureKinds.invalid, orderId: badId } as const;
  const failing = [
    // A schema may ask for nothing but an id. Then there is no such bad order.
    ...(readOrder(bad.body).kind === 'order' ? [] : [bad]),
    { body: `${marker} is no JSON`, expected: failureKinds.notJson, orderId: null } as const,
  ];
  return withFailures ? [...processed, ...failing] : processed;
}

/** A body that is one byte longer than the orders queue takes. */
export const oversizedBody = (marker: string): string => marker.padEnd(messageLimits.bytes + 1, '.');

/** A message that is in the queue now. */
export interface SentSmoke extends SmokeMessage {
  readonly messageId: string;
}

/** What can be seen of the messages at a moment. */
export interface SmokeEvidence {
  /** Rows of processed orders, by order key. */
  readonly orders: readonly OrderRow[];
  readonly failures: readonly FailureRow[];
  /** What the functions logged about each message: `message` of the log lines, by message id. */
  readonly logged: ReadonlyMap<string, readonly string[]>;
  /** Names of the functions whose logs hold a line of metrics since the test began. */
  readonly counted: readonly string[];
  /** What notify-customers logged about the good order; undefined for a pipeline without mails. */
  readonly notified?: readonly string[] | undefined;
}

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  /** What is wrong; null when all is well. */
  readonly problem: string | null;
}

/** What the messages should have come to, compared with what can be seen. Where something is missing, wait and look again. */
export function judge(sent: readonly SentSmoke[], evidence: SmokeEvidence, ordersQueueArn: string): readonly Check[] {
  const failing = sent.filter(({ expected }) => expected !== 'processed');
  return [
    processedOnce(sent, evidence),
    ...failing.map((message) => writtenDown(message, evidence)),
    ...(failing.length === 0 ? [] : [movedBySqs(evidence.failures, failing.length, ordersQueueArn)]),
    toldInLogs(sent, evidence),
    countedBy(failing.length === 0 ? ['process-orders'] : ['process-orders', 'failed-orders'], evidence),
    ...(evidence.notified === undefined ? [] : [notified(evidence.notified)]),
  ];
}

const notifiedEnds: readonly string[] = [logMessages.mailSent, logMessages.mailSentBefore, logMessages.noAddress];

/** The rows of the test may go only after this: a notification whose order is gone comes back for days. */
function notified(lines: readonly string[]): Check {
  const name = 'notify-customers heard of the good order';
  if (lines.some((line) => notifiedEnds.includes(line))) return { name, problem: null };
  const [last] = lines.slice(-1);
  const problem = last === undefined ? 'Its log says nothing of the order.' : `Its log says "${last}".`;
  return { name, problem };
}

function processedOnce(sent: readonly SentSmoke[], { orders, logged }: SmokeEvidence): Check {
  const name = 'a good order that came twice is processed once';
  const good = sent.filter(({ expected }) => expected === 'processed');
  const row = orders.find(({ orderKey }) => orderKey === good[0]?.orderId);
  if (row === undefined) return { name, problem: `The table has no order ${good[0]?.orderId}.` };
  if (!good.some(({ messageId }) => messageId === row.messageId)) {
    return {
      name,
      problem: `Order ${row.orderKey} was written by message ${row.messageId}, which the test did not send.`,
    };
  }
  const lines = good.flatMap(({ messageId }) => logged.get(messageId) ?? []);
  const times = new Set(good.filter(({ messageId }) => logged.get(messageId)?.includes(logMessages.duplicateOrder)));
  if (!lines.includes(logMessages.goodOrder)) return { name, problem: `No log line says "${logMessages.goodOrder}".` };
  return { name, problem: times.size > 0 ? null : `No log line says "${logMessages.duplicateOrder}".` };
}

function writtenDown({ messageId, expected, orderId }: SentSmoke, { failures }: SmokeEvidence): Check {
  const what = orderId === null ? 'a message that is no JSON' : 'a bad order';
  const name = `${what} is in the ledger, with its reason`;
  const row = failures.find(({ failureId }) => failureId === messageId);
  if (row === undefined) return { name, problem: `The ledger has no failure ${messageId}.` };
  if (row.kind !== expected)
    return { name, problem: `Failure ${messageId} is ${row.kind}, and should be ${expected}.` };
  return { name, problem: row.reasons.length > 0 ? null : `Failure ${messageId} has no reasons.` };
}

/** The policy of bad-orders denies all senders but SQS itself: only SQS can have moved the messages there. */
function movedBySqs(failures: readonly FailureRow[], count: number, ordersQueueArn: string): Check {
  const name = 'SQS moved what failed from orders to bad-orders';
  const moved = failures.filter(({ sourceQueueArn }) => sourceQueueArn === ordersQueueArn);
  return { name, problem: moved.length === count ? null : `${moved.length} of ${count} failures say so.` };
}

function toldInLogs(sent: readonly SentSmoke[], { logged }: SmokeEvidence): Check {
  const ends: readonly string[] = [logMessages.goodOrder, logMessages.duplicateOrder, logMessages.failedOrder];
  const untold = sent.filter(({ messageId }) => !logged.get(messageId)?.some((line) => ends.includes(line)));
  const problem = `The logs do not say what became of ${untold.map(({ messageId }) => messageId).join(', ')}.`;
  return { name: 'the logs say what became of each message', problem: untold.length === 0 ? null : problem };
}

function countedBy(functions: readonly string[], { counted }: SmokeEvidence): Check {
  const silent = functions.filter((name) => !counted.includes(name));
  const problem = `No line of metrics is in the log of ${silent.join(' and ')}.`;
  return { name: 'the functions count what they did', problem: silent.length === 0 ? null : problem };
}
