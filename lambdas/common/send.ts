import { createHash } from 'node:crypto';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Grouping, messageGroupOf } from '../../shared/message-group.ts';
import { groupingOf, messageLimits, type NotQueued } from '../../shared/pipeline.ts';
import { type Backoff, type Cut, fullJitter, RequestCutter } from '../../shared/sending.ts';

/** An order to send, as a message. */
export interface OrderMessage {
  /** Its place among all that are sent, from 0. */
  readonly index: number;
  readonly orderId: string;
  readonly body: string;
}

/** The part of `SendMessageBatch` that the functions use; ids are positions in `messages`. Answers what SQS refused. */
export type SendMessageBatch = (
  messages: readonly OrderMessage[],
  signal: AbortSignal,
) => Promise<readonly EntryRefusal[]>;

/** An entry of `Failed`. It comes with HTTP 200, so a sender that does not look loses orders. */
export interface EntryRefusal {
  readonly position: number;
  readonly code: string;
  readonly message: string;
  /** True: sending the same again is pointless. */
  readonly senderFault: boolean;
}

interface BatchResult {
  readonly queued: number;
  readonly notQueued: readonly NotQueued[];
  /** True when the request itself failed, so that the next one would too: access denied, no such queue, no network. */
  readonly requestFailed: boolean;
}

export interface SendBatchDependencies {
  readonly sendMessageBatch: SendMessageBatch;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  /** False when no time is left to try again. */
  readonly mayContinue: () => boolean;
  /** Aborts when not even an answer can be waited for any longer. */
  readonly signal: AbortSignal;
}

const maximumTries = 5;
const backoffMs: Backoff = { base: 100, cap: 2_000 };

/**
 * Sends up to 10 messages, and sends those again that SQS refused for its own reasons. Never throws: every message is
 * either counted as queued or named. After a failed request, SQS may hold messages although they are named.
 */
async function sendBatch(
  messages: readonly OrderMessage[],
  { sendMessageBatch, sleep, random, mayContinue, signal }: SendBatchDependencies,
): Promise<BatchResult> {
  const given: NotQueued[] = [];
  let pending = messages;
  for (let attempt = 1; ; attempt += 1) {
    let refusals: readonly EntryRefusal[];
    try {
      refusals = await sendMessageBatch(pending, signal);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      const notQueued = [...given, ...pending.map((entry) => notQueuedBecause(entry, { code: name, message }))];
      return { queued: messages.length - notQueued.length, notQueued, requestFailed: true };
    }
    const hopeless = attempt === maximumTries || !mayContinue();
    const final = refusals.filter(({ senderFault }) => senderFault || hopeless);
    for (const refusal of final) given.push(notQueuedBecause(pending[refusal.position]!, refusal));
    pending = refusals.filter((refusal) => !final.includes(refusal)).map(({ position }) => pending[position]!);
    if (pending.length === 0) {
      return { queued: messages.length - given.length, notQueued: given, requestFailed: false };
    }
    await sleep(fullJitter(attempt, backoffMs, random));
  }
}

function notQueuedBecause(
  { index, orderId }: OrderMessage,
  { code, message }: { readonly code: string; readonly message: string },
): NotQueued {
  return { index, orderId, code, message };
}

/** What became of a stream of messages. */
interface SendResult {
  readonly queued: number;
  /** In order. */
  readonly notQueued: readonly NotQueued[];
  /** Index of the last message that was sent or named in `notQueued`; undefined when there was none. */
  readonly lastIndex: number | undefined;
}

/** One request takes about as long as SQS needs to answer; more in flight than this gain nothing on one vCPU. */
const requestsInFlight = 10;

/** The answer names all orders that could not be queued, so it stops at this many. */
const maximumNotQueued = 1_000;

/**
 * Sends a stream of messages, several requests at a time, in memory that does not grow with the stream. Takes no
 * more from it once `mayContinue` says no, a request failed as a whole, or too much was refused; what was taken is
 * seen to its end.
 */
export async function sendAll(
  messages: Iterable<OrderMessage>,
  dependencies: SendBatchDependencies,
): Promise<SendResult> {
  const chunks = chunk(messages);
  const notQueued: NotQueued[] = [];
  let queued = 0;
  let lastIndex: number | undefined;
  let stopped = false;

  async function work(): Promise<void> {
    while (!stopped && notQueued.length < maximumNotQueued && dependencies.mayContinue()) {
      const next = chunks.next();
      if (next.done === true) return;
      if (next.value.kind === 'too-large') {
        const { message, bytes } = next.value;
        lastIndex = message.index;
        notQueued.push(tooLarge(message, bytes));
        continue;
      }
      lastIndex = next.value.messages.at(-1)!.index;
      const result = await sendBatch(next.value.messages, dependencies);
      queued += result.queued;
      notQueued.push(...result.notQueued);
      stopped ||= result.requestFailed;
    }
  }

  await Promise.all(Array.from({ length: requestsInFlight }, work));
  return { queued, notQueued: notQueued.toSorted((a, b) => a.index - b.index), lastIndex };
}

/** The code of an order that is not sent because the queue would not take it. */
export const tooLargeCode = 'MessageTooLarge';

function tooLarge({ index, orderId }: OrderMessage, bytes: number): NotQueued {
  const message = `The message has ${bytes} bytes, the orders queue takes ${messageLimits.bytes}.`;
  return { index, orderId, code: tooLargeCode, message };
}

/** Sends through the SDK. Region, endpoint and credentials come from environment variables, as on Lambda. */
export function sqsSendMessageBatch(
  queueUrl: string,
  client = new SQSClient({}),
  grouping: Grouping = groupingOf(process.env),
): SendMessageBatch {
  const fifo = queueUrl.endsWith('.fifo');
  return async (messages, signal) => {
    const answer = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map(({ body, orderId }, position) => ({
          Id: String(position),
          MessageBody: body,
          // The same seed with another share of bad orders gives other orders the same ids, so only the content tells a
          // duplicate.
          ...(fifo && {
            MessageGroupId: messageGroupOf(body, orderId, grouping),
            MessageDeduplicationId: createHash('sha256').update(body).digest('hex'),
          }),
        })),
      }),
      { abortSignal: signal },
    );
    const { Failed: failed = [], Successful: successful = [] } = answer;
    const answered = new Set([...failed, ...successful].map(({ Id }) => Number(Id)));
    const unanswered = [...messages.keys()].filter((position) => !answered.has(position));
    return [
      ...failed.map(({ Id, Code, Message, SenderFault }) => ({
        position: Number(Id),
        code: Code ?? 'Unknown',
        message: Message ?? '',
        senderFault: SenderFault ?? false,
      })),
      // Only what SQS names as taken is taken.
      ...unanswered.map((position) => ({ position, code: 'NoAnswer', message: '', senderFault: false })),
    ];
  };
}

/** Cuts a stream of messages into requests, and takes no more from the stream than the request at hand needs. */
export function* chunk<T extends { readonly body: string }>(messages: Iterable<T>): Generator<Cut<T>> {
  const cutter = new RequestCutter<T>();
  for (const message of messages) yield* cutter.add(message, Buffer.byteLength(message.body));
  yield* cutter.rest();
}
