import type { Clock } from '../clock.ts';
import type { EventStream } from '../events.ts';
import { Alarm } from './alarm.ts';
import { Deduplication, deduplicationKey } from './deduplication.ts';
import { FifoShelf } from './fifo-shelf.ts';
import type { HandOut } from './hand-out.ts';
import { inFlightLimit, MessageStore } from './message-store.ts';
import type { QueueCounts } from './message-store.ts';
import { countReceive, receivedMessage } from './message.ts';
import type { NewMessage, ReceivedMessage, SentMessage, StoredMessage } from './message.ts';
import { deadLetter, redrivenMessage, sequenceNumber, storedMessage } from './new-message.ts';
import type { QueueSettings } from './queue-settings.ts';
import { Receipts } from './receipts.ts';
import { invalidValue, messageNotInflight } from './sqs-errors.ts';
import { StandardShelf } from './standard-shelf.ts';
import { Waiters } from './waiters.ts';

export interface QueueSurroundings {
  readonly clock: Clock;
  readonly events: EventStream;
  /** Undefined: messages are handed out in order. */
  readonly handOut: HandOut | undefined;
  /** Finds a queue by ARN, to move messages to. */
  readonly findQueue: (arn: string) => Queue | undefined;
}

export interface ReceiveOptions {
  /** 1 or more; AWS's API stops at 10, the event source mapping's poller need not. */
  readonly max: number;
  /** 0 to 43,200; undefined: the queue's own. */
  readonly visibilityTimeoutSeconds?: number;
}

/** Source: API reference of ChangeMessageVisibility. */
const longestVisibilitySeconds = 43_200;

/**
 * One queue. Every call first lets pass what is due by the clock, and one timer, set to the next moment at which
 * something is due, does so when nobody calls. All but waiting is synchronous.
 */
export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly createdAtMs: number;
  modifiedAtMs: number;
  tags: Readonly<Record<string, string>>;
  purgedAtMs: number | undefined;
  #settings: QueueSettings;
  readonly #surroundings: QueueSurroundings;
  readonly #store: MessageStore;
  readonly #waiters = new Waiters();
  readonly #deduplication = new Deduplication();
  readonly #receipts: Receipts;
  readonly #alarm: Alarm;
  #sequence = 0;

  constructor(
    identity: { name: string; arn: string; fifo: boolean; tags: Readonly<Record<string, string>> },
    settings: QueueSettings,
    surroundings: QueueSurroundings,
  ) {
    this.name = identity.name;
    this.arn = identity.arn;
    this.fifo = identity.fifo;
    this.tags = identity.tags;
    this.#settings = settings;
    this.#surroundings = surroundings;
    const shelf = identity.fifo ? new FifoShelf() : new StandardShelf(surroundings.handOut);
    this.#store = new MessageStore(shelf, settings.messageRetentionSeconds * 1000);
    this.#receipts = new Receipts(this.#store);
    this.#alarm = new Alarm(surroundings.clock, () => this.#settleAndServe());
    this.createdAtMs = surroundings.clock.now();
    this.modifiedAtMs = this.createdAtMs;
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  get visibilityTimeoutSeconds(): number {
    return this.#settings.visibilityTimeoutSeconds;
  }

  /** Messages by state, true at this moment. */
  get counts(): QueueCounts {
    this.#settle();
    return this.#store.counts;
  }

  /** Since when the oldest message has been in this queue, as the metric `ApproximateAgeOfOldestMessage` counts. */
  get oldestArrivalAtMs(): number | undefined {
    this.#settle();
    return this.#store.oldest(this.fifo ? Infinity : undefined)?.arrivedAtMs;
  }

  /** How many long polls and pollers wait for a message. */
  get waiting(): number {
    return this.#waiters.count;
  }

  /**
   * Changes attributes. A new retention counts for messages that are in the queue already, a new delay only on FIFO
   * queues (SQS Developer Guide, "Delay queues").
   */
  configure(settings: QueueSettings): void {
    const addedDelayMs = (settings.delaySeconds - this.#settings.delaySeconds) * 1000;
    this.#settings = settings;
    this.modifiedAtMs = this.#now();
    if (this.fifo && addedDelayMs !== 0) {
      for (const message of this.#store.all()) if (message.state === 'delayed') message.visibleAtMs += addedDelayMs;
    }
    this.#store.changeRetention(settings.messageRetentionSeconds * 1000);
    this.#settleAndServe();
  }

  /** Accepts checked messages, in order; a FIFO duplicate is answered with the message it repeats. */
  send(messages: readonly NewMessage[]): SentMessage[] {
    const nowMs = this.#settle();
    const added: { messageId: string; body: string }[] = [];
    const sent = messages.map((message) => {
      const stored = storedMessage(message, nowMs, message.delaySeconds ?? this.#settings.delaySeconds);
      const key = this.fifo ? deduplicationKey(message, this.#settings.deduplicationScope) : undefined;
      const earlier = key === undefined ? undefined : this.#deduplication.earlier(key, nowMs);
      if (earlier !== undefined) return { ...stored, ...earlier.sent };
      this.#admit(stored);
      if (key !== undefined) this.#deduplication.remember(key, stored, nowMs);
      added.push({ messageId: stored.messageId, body: stored.body });
      return stored;
    });
    if (added.length > 0) {
      this.#surroundings.events.emit({
        type: 'messages-sent',
        atMs: nowMs,
        queueName: this.name,
        messages: added,
      });
    }
    this.#settleAndServe();
    return sent;
  }

  /** Hands out what is available, moving messages that have used up their receives to the DLQ on the way. */
  receive(options: ReceiveOptions): ReceivedMessage[] {
    const nowMs = this.#settle();
    const timeoutSeconds = options.visibilityTimeoutSeconds ?? this.#settings.visibilityTimeoutSeconds;
    const max = Math.min(options.max, inFlightLimit - this.#store.counts['in-flight']);
    const received: ReceivedMessage[] = [];
    const deadLetters = this.#deadLetterQueue();
    for (let usedUp: StoredMessage[] = []; received.length < max; usedUp = []) {
      for (const message of this.#store.take(max - received.length)) {
        if (deadLetters !== undefined && message.receivesHere >= deadLetters.maxReceiveCount) usedUp.push(message);
        else received.push(this.#handOver(message, nowMs, timeoutSeconds));
      }
      if (deadLetters === undefined || usedUp.length === 0) break;
      for (const message of usedUp) {
        const { queue } = deadLetters;
        this.#moveTo(queue, message, deadLetter(message, this.arn, queue.fifo, nowMs));
      }
    }
    this.#alarm.setFor(this.#store.nextDueAtMs);
    return received;
  }

  /**
   * Hands out the messages of an earlier receive once more under the same handles, not counting it as a receive.
   * Undefined when one of them is no longer in flight under its handle.
   */
  receiveAgain(handles: readonly string[], timeoutSeconds: number | undefined): ReceivedMessage[] | undefined {
    const nowMs = this.#settle();
    const found = handles.map((handle) => ({ handle, ...this.#receipts.find(handle) }));
    if (found.some(({ message, isLatest }) => !isLatest || message?.state !== 'in-flight')) return undefined;
    return found.flatMap(({ message, handle }) => {
      if (message === undefined) return [];
      this.#store.putInFlight(message, nowMs + (timeoutSeconds ?? this.visibilityTimeoutSeconds) * 1000);
      return [receivedMessage(message, handle)];
    });
  }

  /** Receives as soon as there is something: a long poll. Empty when `signal` aborts first. */
  async receiveOrWait(options: ReceiveOptions, signal: AbortSignal): Promise<ReceivedMessage[]> {
    const attempt = () => {
      const messages = this.receive(options);
      return messages.length > 0 ? messages : undefined;
    };
    return attempt() ?? (await this.#waiters.waitFor(attempt, signal)) ?? [];
  }

  /**
   * Resolves as soon as something is receivable, and when `signal` aborts or the queue is closed. One new message
   * wakes one waiter; if that one does not take it at once, the next is woken.
   */
  async waitForMessages(signal: AbortSignal): Promise<void> {
    this.#settle();
    if (this.#store.receivable > 0) return;
    await this.#waiters.waitForWord(signal);
  }

  /**
   * Deletes by receipt handle; false when there is nothing for it to delete: the message is gone, or the handle is
   * outdated because the message was received again or (FIFO) has become visible again. Throws
   * `ReceiptHandleIsInvalid` for what is no handle of this queue.
   */
  delete(receiptHandle: string): boolean {
    this.#settle();
    const { message, isLatest } = this.#receipts.find(receiptHandle);
    if (message === undefined || !isLatest || (this.fifo && message.state !== 'in-flight')) return false;
    this.#store.remove(message);
    this.#settleAndServe();
    return true;
  }

  /** Whether the message that was received under this handle is still in the queue. */
  holds(receiptHandle: string): boolean {
    return this.#receipts.find(receiptHandle).message !== undefined;
  }

  /**
   * Makes a message in flight visible `seconds` (0 to 43,200) from now. For a message that has become visible again,
   * a standard queue accepts this without effect (recorded by LocalStack,
   * test_change_message_visibility_after_visibility_timeout_expiration); for FIFO queues nothing is recorded and the
   * documented `MessageNotInflight` is answered.
   */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const nowMs = this.#settle();
    const { message, isLatest } = this.#receipts.find(receiptHandle);
    if (message === undefined || !isLatest) {
      const reason = 'Message does not exist or is not available for visibility timeout change.';
      throw invalidValue(receiptHandle, 'ReceiptHandle', reason);
    }
    if (message.state !== 'in-flight') {
      if (this.fifo) throw messageNotInflight();
      return;
    }
    if (nowMs + seconds * 1000 - message.lastReceivedAtMs > longestVisibilitySeconds * 1000) {
      const limit = `Total VisibilityTimeout for the message is beyond the limit [${longestVisibilitySeconds} seconds].`;
      throw invalidValue(seconds, 'VisibilityTimeout', limit);
    }
    this.#store.putInFlight(message, nowMs + seconds * 1000);
    this.#settleAndServe();
  }

  /**
   * Moves up to `max` available messages to where `target` says, as new messages. Stops at one without a target, which
   * stays: `stranded`.
   */
  redrive(
    max: number,
    target: (message: StoredMessage) => Queue | undefined,
  ): { moved: number; stranded?: StoredMessage } {
    const nowMs = this.#settle();
    for (let moved = 0; ; moved += 1) {
      const [message] = moved < max ? this.#store.take(1) : [];
      if (message === undefined) return { moved };
      const queue = target(message);
      if (queue === undefined) {
        this.#store.putInFlight(message, nowMs);
        this.#settleAndServe();
        return { moved, stranded: message };
      }
      this.#moveTo(queue, message, redrivenMessage(message, nowMs));
    }
  }

  /** Drops every message. */
  purge(): void {
    for (const message of this.#store.all()) this.#store.remove(message);
    this.purgedAtMs = this.#now();
  }

  /** Takes the queue out of service: whoever waits gets nothing, the timer stops. */
  close(): void {
    this.#alarm.close();
    this.#waiters.endAll();
  }

  #now(): number {
    return this.#surroundings.clock.now();
  }

  /** Lets pass what is due and answers the present moment. */
  #settle(): number {
    const nowMs = this.#now();
    for (const { messageId } of this.#store.settle(nowMs)) {
      this.#surroundings.events.emit({ type: 'message-expired', atMs: nowMs, messageId, queueName: this.name });
    }
    return nowMs;
  }

  #settleAndServe(): void {
    this.#settle();
    this.#waiters.serve(() => this.#store.receivable);
    this.#alarm.setFor(this.#store.nextDueAtMs);
  }

  #moveTo(target: Queue, message: StoredMessage, moved: StoredMessage): void {
    this.#store.remove(message);
    target.#admit(moved);
    this.#surroundings.events.emit({
      type: 'message-moved',
      atMs: this.#now(),
      messageId: moved.messageId,
      fromQueueName: this.name,
      toQueueName: target.name,
    });
    target.#settleAndServe();
  }

  #admit(message: StoredMessage): void {
    if (this.fifo) message.sequenceNumber = sequenceNumber((this.#sequence += 1));
    this.#store.add(message);
  }

  #deadLetterQueue(): { queue: Queue; maxReceiveCount: number } | undefined {
    const policy = this.#settings.redrivePolicy;
    const queue = policy === undefined ? undefined : this.#surroundings.findQueue(policy.deadLetterTargetArn);
    return policy === undefined || queue === undefined ? undefined : { queue, maxReceiveCount: policy.maxReceiveCount };
  }

  #handOver(message: StoredMessage, nowMs: number, timeoutSeconds: number): ReceivedMessage {
    countReceive(message, nowMs);
    this.#store.putInFlight(message, nowMs + timeoutSeconds * 1000);
    return receivedMessage(message, this.#receipts.issue(message));
  }
}
