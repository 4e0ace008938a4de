import type { NewMessage, ReceivedMessage, StoredMessage } from './message.ts';

/** Source: SQS Developer Guide, "Using the message deduplication ID in Amazon SQS". */
const intervalMs = 5 * 60 * 1000;

interface Accepted {
  /** What the sender of a duplicate is told instead of a new message's. */
  readonly sent: { readonly messageId: string; readonly sequenceNumber?: string };
  readonly untilMs: number;
}

/** What a FIFO queue accepted in the last five minutes; deleted messages count too. */
export class Deduplication {
  /** All entries live equally long, so the oldest stand first. */
  readonly #accepted = new Map<string, Accepted>();

  /** The message accepted under this key within the interval, or undefined. */
  earlier(key: string, nowMs: number): Accepted | undefined {
    for (const [oldKey, { untilMs }] of this.#accepted) {
      if (untilMs > nowMs) break;
      this.#accepted.delete(oldKey);
    }
    return this.#accepted.get(key);
  }

  /** A purge forgets what came before (recorded by LocalStack, test_purge_queue_clears_fifo_deduplication_cache). */
  clear(): void {
    this.#accepted.clear();
  }

  remember(key: string, { messageId, sequenceNumber }: StoredMessage, nowMs: number): void {
    const sent = { messageId, ...(sequenceNumber !== undefined && { sequenceNumber }) };
    this.#accepted.set(key, { sent, untilMs: nowMs + intervalMs });
  }
}

/** What makes two messages of a FIFO queue the same: the deduplication id, within its group if the scope says so. */
export function deduplicationKey(message: NewMessage, scope: 'queue' | 'messageGroup'): string {
  return JSON.stringify([message.deduplicationId, scope === 'messageGroup' ? message.groupId : undefined]);
}

/** Source: API reference of ReceiveMessage, `ReceiveRequestAttemptId`. */
const rememberedMs = 5 * 60 * 1000;

/** A queue that can hand out the messages of an earlier receive once more. */
interface RepeatableQueue {
  receiveAgain(handles: readonly string[], timeoutSeconds: number | undefined): ReceivedMessage[] | undefined;
}

interface Attempt {
  readonly atMs: number;
  readonly handles: readonly string[];
}

/**
 * FIFO receives by attempt id: a client whose answer got lost asks again with the same id and gets the same messages,
 * as long as none was deleted, changed or became visible meanwhile.
 */
export class ReceiveAttempts {
  readonly #byQueue = new WeakMap<object, Map<string, Attempt>>();

  /** The same messages again, their visibility timeouts started anew; undefined when they are not to be had so. */
  repeat(
    queue: RepeatableQueue,
    attemptId: string,
    nowMs: number,
    visibilityTimeoutSeconds: number | undefined,
  ): ReceivedMessage[] | undefined {
    const attempt = this.#byQueue.get(queue)?.get(attemptId);
    if (attempt === undefined || nowMs - attempt.atMs >= rememberedMs) return undefined;
    return queue.receiveAgain(attempt.handles, visibilityTimeoutSeconds);
  }

  remember(queue: RepeatableQueue, attemptId: string, nowMs: number, messages: readonly ReceivedMessage[]): void {
    const attempts = this.#byQueue.get(queue) ?? new Map<string, Attempt>();
    for (const [oldId, { atMs }] of attempts) if (nowMs - atMs >= rememberedMs) attempts.delete(oldId);
    attempts.set(attemptId, { atMs: nowMs, handles: messages.map(({ receiptHandle }) => receiptHandle) });
    this.#byQueue.set(queue, attempts);
  }
}
