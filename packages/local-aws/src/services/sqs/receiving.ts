import { randomBytes } from 'node:crypto';
import { inFlightLimit, type MessageStore } from './message-store.ts';
import { countReceive, deadLetter, receivedMessage, type ReceivedMessage, type StoredMessage } from './message.ts';
import type { QueueSettings } from './queue-settings.ts';
import { invalidValue, messageNotInflight, receiptHandleIsInvalid } from './sqs-errors.ts';
import type { MoveTarget, TimedStore } from './timed-store.ts';

export interface ReceiveOptions {
  /** 1 or more; AWS's API stops at 10, the event source mapping's poller need not. */
  readonly max: number;
  /** 0 to 43,200; undefined: the queue's own. */
  readonly visibilityTimeoutSeconds?: number;
}

/** Source: API reference of ChangeMessageVisibility. */
const longestVisibilitySeconds = 43_200;

/** The queue that consumers receive from. */
export interface ConsumedQueue {
  readonly arn: string;
  readonly fifo: boolean;
  readonly settings: QueueSettings;
  /** Finds a queue by ARN, to move messages to. */
  findQueue(arn: string): MoveTarget | undefined;
}

/** What consumers do with a queue's messages: receive, delete and change their visibility. */
export class Receiving {
  readonly #queue: ConsumedQueue;
  readonly #store: TimedStore;
  readonly #receipts: Receipts;

  constructor(queue: ConsumedQueue, store: TimedStore) {
    this.#queue = queue;
    this.#store = store;
    this.#receipts = new Receipts(store.messages);
  }

  /** Hands out what is available, moving messages that have used up their receives to the DLQ on the way. */
  receive(options: ReceiveOptions): ReceivedMessage[] {
    const nowMs = this.#store.settle();
    const timeoutSeconds = options.visibilityTimeoutSeconds ?? this.#queue.settings.visibilityTimeoutSeconds;
    const max = Math.min(options.max, inFlightLimit - this.#store.messages.counts['in-flight']);
    const received: ReceivedMessage[] = [];
    const deadLetters = this.#deadLetterQueue();
    for (let usedUp: StoredMessage[] = []; received.length < max; usedUp = []) {
      for (const message of this.#store.messages.take(max - received.length, nowMs)) {
        if (deadLetters !== undefined && message.receivesHere >= deadLetters.maxReceiveCount) usedUp.push(message);
        else received.push(this.#handOver(message, nowMs, timeoutSeconds));
      }
      if (deadLetters === undefined || usedUp.length === 0) break;
      for (const message of usedUp) {
        const { queue } = deadLetters;
        this.#store.move(message, deadLetter(message, this.#queue.arn, queue.fifo, nowMs), queue);
      }
    }
    this.#store.setAlarm();
    return received;
  }

  /**
   * Hands out the messages of an earlier receive once more under the same handles, not counting it as a receive.
   * Undefined when one of them is no longer in flight under its handle.
   */
  receiveAgain(handles: readonly string[], timeoutSeconds: number | undefined): ReceivedMessage[] | undefined {
    const nowMs = this.#store.settle();
    const found = handles.map((handle) => ({ handle, ...this.#receipts.find(handle) }));
    if (found.some(({ message, isLatest }) => !isLatest || message?.state !== 'in-flight')) return undefined;
    return found.flatMap(({ message, handle }) => {
      if (message === undefined) return [];
      this.#store.messages.putInFlight(
        message,
        nowMs + (timeoutSeconds ?? this.#queue.settings.visibilityTimeoutSeconds) * 1000,
      );
      return [receivedMessage(message, handle)];
    });
  }

  /** Receives as soon as there is something: a long poll. Empty when `signal` aborts first. */
  async receiveOrWait(options: ReceiveOptions, signal: AbortSignal): Promise<ReceivedMessage[]> {
    const attempt = () => {
      const messages = this.receive(options);
      return messages.length > 0 ? messages : undefined;
    };
    return attempt() ?? (await this.#store.waiters.waitFor(attempt, signal)) ?? [];
  }

  /**
   * Resolves as soon as something is receivable, and when `signal` aborts or the queue is closed. One new message
   * wakes one waiter; if that one does not take it at once, the next is woken.
   */
  async waitForMessages(signal: AbortSignal): Promise<void> {
    this.#store.settle();
    if (this.#store.messages.receivable > 0) return;
    await this.#store.waiters.waitForWord(signal);
  }

  /**
   * Deletes by receipt handle; false when there is nothing for it to delete: the message is gone, or the handle is
   * outdated because the message was received again or (FIFO) has become visible again. Throws
   * `ReceiptHandleIsInvalid` for what is no handle of this queue.
   */
  delete(receiptHandle: string): boolean {
    this.#store.settle();
    const { message, isLatest } = this.#receipts.find(receiptHandle);
    if (message === undefined || !isLatest || (this.#queue.fifo && message.state !== 'in-flight')) return false;
    this.#store.messages.remove(message);
    this.#store.settleAndServe();
    return true;
  }

  /** Whether the receipt handle is one of this queue's: not of another one, nor of an earlier queue of this name. */
  issued(receiptHandle: string): boolean {
    return this.#receipts.issued(receiptHandle);
  }

  /** Whether the message that was received under this handle is still in the queue. */
  holds(receiptHandle: string): boolean {
    return this.#receipts.find(receiptHandle).message !== undefined;
  }

  /**
   * When the message that was received under this handle is visible again (epoch milliseconds), or has been. A message
   * that was received again since had been visible before. Undefined when the message is not in the queue any more.
   */
  visibleAtMs(receiptHandle: string): number | undefined {
    const { message, isLatest } = this.#receipts.find(receiptHandle);
    return isLatest ? message?.visibleAtMs : message?.lastReceivedAtMs;
  }

  /**
   * Makes a message in flight visible `seconds` (0 to 43,200) from now. For a message that has become visible again,
   * a standard queue accepts this without effect (recorded by LocalStack,
   * test_change_message_visibility_after_visibility_timeout_expiration); for FIFO queues nothing is recorded and the
   * documented `MessageNotInflight` is answered. A standard queue also takes the handle of an earlier receive, with
   * effect (test_terminate_visibility_timeout_after_receive).
   */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const nowMs = this.#store.settle();
    const { message, isLatest } = this.#receipts.find(receiptHandle);
    if (message === undefined || (this.#queue.fifo && !isLatest)) {
      const reason = 'Message does not exist or is not available for visibility timeout change.';
      throw invalidValue(receiptHandle, 'ReceiptHandle', reason);
    }
    if (message.state !== 'in-flight') {
      if (this.#queue.fifo) throw messageNotInflight();
      return;
    }
    if (nowMs + seconds * 1000 - message.lastReceivedAtMs > longestVisibilitySeconds * 1000) {
      const limit = `Total VisibilityTimeout for the message is beyond the limit [${longestVisibilitySeconds} seconds].`;
      throw invalidValue(seconds, 'VisibilityTimeout', limit);
    }
    this.#store.messages.putInFlight(message, nowMs + seconds * 1000);
    this.#store.settleAndServe();
  }

  #deadLetterQueue(): { queue: MoveTarget; maxReceiveCount: number } | undefined {
    const policy = this.#queue.settings.redrivePolicy;
    const queue = policy === undefined ? undefined : this.#queue.findQueue(policy.deadLetterTargetArn);
    return policy === undefined || queue === undefined ? undefined : { queue, maxReceiveCount: policy.maxReceiveCount };
  }

  #handOver(message: StoredMessage, nowMs: number, timeoutSeconds: number): ReceivedMessage {
    countReceive(message, nowMs);
    this.#store.messages.putInFlight(message, nowMs + timeoutSeconds * 1000);
    return receivedMessage(message, this.#receipts.issue(message));
  }
}

/**
 * A queue's receipt handles: each stands for one receive of one message, and is opaque to clients as on AWS. The mark
 * tells queues apart, so that a handle is good for the queue that gave it only.
 */
export class Receipts {
  readonly #mark = randomBytes(12).toString('base64url');
  readonly #store: MessageStore;

  constructor(store: MessageStore) {
    this.#store = store;
  }

  /** The handle of a message's latest receive. */
  issue(message: StoredMessage): string {
    return Buffer.from(`${this.#mark} ${message.messageId} ${message.receivesHere}`, 'latin1').toString('base64');
  }

  /** Whether the handle is one of this queue's. */
  issued(handle: string): boolean {
    return partsOf(handle)[0] === this.#mark;
  }

  /**
   * The message received under this handle, undefined when it is gone, and whether it was received again since. Throws
   * `ReceiptHandleIsInvalid` for what is no handle of this queue.
   */
  find(handle: string): { message: StoredMessage | undefined; isLatest: boolean } {
    const [mark, messageId, receive] = partsOf(handle);
    if (mark !== this.#mark || messageId === undefined) throw receiptHandleIsInvalid(handle);
    const message = this.#store.received(messageId);
    return { message, isLatest: message !== undefined && String(message.receivesHere) === receive };
  }
}

/** Mark, message id and number of the receive. */
function partsOf(handle: string): string[] {
  return Buffer.from(handle, 'base64').toString('latin1').split(' ');
}
