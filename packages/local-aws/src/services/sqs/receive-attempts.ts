import type { ReceivedMessage } from './message.ts';
import type { Queue } from './queue.ts';

/** Source: API reference of ReceiveMessage, `ReceiveRequestAttemptId`. */
const rememberedMs = 5 * 60 * 1000;

interface Attempt {
  readonly atMs: number;
  readonly handles: readonly string[];
}

/**
 * FIFO receives by attempt id: a client whose answer got lost asks again with the same id and gets the same messages,
 * as long as none was deleted, changed or became visible meanwhile.
 */
export class ReceiveAttempts {
  readonly #byQueue = new WeakMap<Queue, Map<string, Attempt>>();

  /** The same messages again, their visibility timeouts started anew; undefined when they are not to be had so. */
  repeat(
    queue: Queue,
    attemptId: string,
    nowMs: number,
    visibilityTimeoutSeconds: number | undefined,
  ): ReceivedMessage[] | undefined {
    const attempt = this.#byQueue.get(queue)?.get(attemptId);
    if (attempt === undefined || nowMs - attempt.atMs >= rememberedMs) return undefined;
    return queue.receiveAgain(attempt.handles, visibilityTimeoutSeconds);
  }

  remember(queue: Queue, attemptId: string, nowMs: number, messages: readonly ReceivedMessage[]): void {
    const attempts = this.#byQueue.get(queue) ?? new Map<string, Attempt>();
    for (const [oldId, { atMs }] of attempts) if (nowMs - atMs >= rememberedMs) attempts.delete(oldId);
    attempts.set(attemptId, { atMs: nowMs, handles: messages.map(({ receiptHandle }) => receiptHandle) });
    this.#byQueue.set(queue, attempts);
  }
}
