import type { Clock } from '../../clock.ts';
import type { EventStream } from '../../events.ts';
import { Deduplication, deduplicationKey } from './deduplication.ts';
import type { QueueCounts } from './message-store.ts';
import {
  type NewMessage,
  type ReceivedMessage,
  redrivenMessage,
  type SentMessage,
  sequenceNumber,
  storedMessage,
  type StoredMessage,
} from './message.ts';
import type { QueueSettings } from './queue-settings.ts';
import { type ReceiveOptions, Receiving } from './receiving.ts';
import { FifoShelf } from './shelf.ts';
import { type HandOut, StandardShelf } from './standard-shelf.ts';
import { TimedStore } from './timed-store.ts';

export interface QueueSurroundings {
  readonly clock: Clock;
  readonly events: EventStream;
  /** Undefined: messages are handed out in order. */
  readonly handOut: HandOut | undefined;
  /** Finds a queue by ARN, to move messages to. */
  readonly findQueue: (arn: string) => Queue | undefined;
}

/**
 * One queue: its attributes, what senders do, and how messages leave it for another queue. What consumers do is in
 * receiving.ts, how time passes in timed-store.ts. All but waiting is synchronous.
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
  readonly #store: TimedStore;
  readonly #receiving: Receiving;
  readonly #deduplication = new Deduplication();
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
    const retentionMs = settings.messageRetentionSeconds * 1000;
    this.#store = new TimedStore({ ...surroundings, queueName: this.name, shelf, retentionMs });
    this.#receiving = new Receiving(this, this.#store);
    this.createdAtMs = surroundings.clock.now();
    this.modifiedAtMs = this.createdAtMs;
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  findQueue(arn: string): Queue | undefined {
    return this.#surroundings.findQueue(arn);
  }

  get visibilityTimeoutSeconds(): number {
    return this.#settings.visibilityTimeoutSeconds;
  }

  /** Messages by state, true at this moment. */
  get counts(): QueueCounts {
    this.#store.settle();
    return this.#store.messages.counts;
  }

  /** Since when the oldest message has been in this queue, as the metric `ApproximateAgeOfOldestMessage` counts. */
  get oldestArrivalAtMs(): number | undefined {
    this.#store.settle();
    return this.#store.messages.oldest(this.fifo ? Infinity : undefined)?.arrivedAtMs;
  }

  /** How many long polls and pollers wait for a message. */
  get waiting(): number {
    return this.#store.waiters.count;
  }

  /**
   * Changes attributes. A new retention counts for messages that are in the queue already, a new delay only on FIFO
   * queues (SQS Developer Guide, "Delay queues").
   */
  configure(settings: QueueSettings): void {
    const addedDelayMs = (settings.delaySeconds - this.#settings.delaySeconds) * 1000;
    this.#settings = settings;
    this.modifiedAtMs = this.#store.now();
    if (this.fifo && addedDelayMs !== 0) {
      for (const message of this.#store.messages.all())
        if (message.state === 'delayed') message.visibleAtMs += addedDelayMs;
    }
    this.#store.messages.changeRetention(settings.messageRetentionSeconds * 1000);
    this.#store.settleAndServe();
  }

  /** Accepts checked messages, in order; a FIFO duplicate is answered with the message it repeats. */
  send(messages: readonly NewMessage[]): SentMessage[] {
    const nowMs = this.#store.settle();
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
    this.#store.settleAndServe();
    return sent;
  }

  /** See `Receiving.receive`. */
  receive(options: ReceiveOptions): ReceivedMessage[] {
    return this.#receiving.receive(options);
  }

  /** See `Receiving.receiveAgain`. */
  receiveAgain(handles: readonly string[], timeoutSeconds: number | undefined): ReceivedMessage[] | undefined {
    return this.#receiving.receiveAgain(handles, timeoutSeconds);
  }

  /** See `Receiving.receiveOrWait`. */
  receiveOrWait(options: ReceiveOptions, signal: AbortSignal): Promise<ReceivedMessage[]> {
    return this.#receiving.receiveOrWait(options, signal);
  }

  /** See `Receiving.waitForMessages`. */
  waitForMessages(signal: AbortSignal): Promise<void> {
    return this.#receiving.waitForMessages(signal);
  }

  /** See `Receiving.delete`. */
  delete(receiptHandle: string): boolean {
    return this.#receiving.delete(receiptHandle);
  }

  /** See `Receiving.issued`. */
  issued(receiptHandle: string): boolean {
    return this.#receiving.issued(receiptHandle);
  }

  /** See `Receiving.holds`. */
  holds(receiptHandle: string): boolean {
    return this.#receiving.holds(receiptHandle);
  }

  /** See `Receiving.visibleAtMs`. */
  visibleAtMs(receiptHandle: string): number | undefined {
    return this.#receiving.visibleAtMs(receiptHandle);
  }

  /** See `Receiving.changeVisibility`. */
  changeVisibility(receiptHandle: string, seconds: number): void {
    this.#receiving.changeVisibility(receiptHandle, seconds);
  }

  /** Takes a message that another queue moves here. */
  takeOver(message: StoredMessage): void {
    this.#admit(message);
    this.#store.settleAndServe();
  }

  /**
   * Moves up to `max` available messages to where `target` says, as new messages. Stops at one without a target, which
   * stays: `stranded`.
   */
  redrive(
    max: number,
    target: (message: StoredMessage) => Queue | undefined,
  ): { moved: number; stranded?: StoredMessage } {
    const nowMs = this.#store.settle();
    for (let moved = 0; ; moved += 1) {
      const [message] = moved < max ? this.#store.messages.take(1, nowMs) : [];
      if (message === undefined) return { moved };
      const queue = target(message);
      if (queue === undefined) {
        this.#store.messages.putInFlight(message, nowMs);
        this.#store.settleAndServe();
        return { moved, stranded: message };
      }
      this.#store.move(message, redrivenMessage(message, nowMs), queue);
    }
  }

  /** Drops every message, and what a FIFO queue remembers of them to recognise duplicates. */
  purge(): void {
    this.#deduplication.clear();
    for (const message of this.#store.messages.all()) this.#store.messages.remove(message);
    this.purgedAtMs = this.#store.now();
  }

  /** Takes the queue out of service: the timer stops, and those who wait get nothing. */
  close(): void {
    this.#store.close();
  }

  #admit(message: StoredMessage): void {
    if (this.fifo) message.sequenceNumber = sequenceNumber((this.#sequence += 1));
    this.#store.messages.add(message);
  }
}
