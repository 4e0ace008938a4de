import type { NotQueued } from '../../shared/generate-response.ts';
import { messageLimits } from '../../shared/message-limits.ts';
import { chunk } from './chunk.ts';
import type { GeneratedMessage } from './order-sequence.ts';
import { sendBatch, type SendBatchDependencies } from './send-batch.ts';

/** What became of a stream of messages. */
export interface SendResult {
  readonly queued: number;
  /** In order. */
  readonly notQueued: readonly NotQueued[];
  /** Index of the last message that was sent or named in `notQueued`; undefined when there was none. */
  readonly lastIndex: number | undefined;
}

/** One request takes about as long as SQS needs to answer; more in flight than this gain nothing on one vCPU. */
const requestsInFlight = 10;

/** Orders that could not be queued are all named in the answer, so there is an end to how many there may be. */
const maximumNotQueued = 1_000;

/**
 * Sends a stream of messages, several requests at a time, in memory that does not grow with the stream. Takes no
 * more from it once `mayContinue` says no, a request failed as a whole, or too much was refused; what was taken is
 * seen to its end.
 */
export async function sendAll(
  messages: Iterable<GeneratedMessage>,
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

function tooLarge({ index, orderId }: GeneratedMessage, bytes: number): NotQueued {
  const message = `The message has ${bytes} bytes, the orders queue takes ${messageLimits.bytes}.`;
  return { index, orderId, code: 'MessageTooLarge', message };
}
