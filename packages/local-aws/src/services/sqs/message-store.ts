import { DueHeap } from './collections.ts';
import type { StoredMessage } from './message.ts';
import type { Shelf } from './shelf.ts';

/** Source: SQS Developer Guide, "Message quotas", for standard and FIFO queues alike. */
export const inFlightLimit = 120_000;
const receivesOfPoison = 3;

/** Messages of a queue by their state; exact, where AWS approximates. */
export interface QueueCounts {
  readonly delayed: number;
  readonly available: number;
  readonly 'in-flight': number;
}

/**
 * A queue's messages with their states and times. A message stands in one heap under the moment at which something
 * happens to it next: its delay or visibility timeout ends, or its retention does. Available ones stand on the shelf.
 */
export class MessageStore {
  readonly #byId = new Map<string, StoredMessage>();
  readonly #due = new DueHeap<StoredMessage>();
  readonly #shelf: Shelf;
  readonly #counts = { delayed: 0, available: 0, taken: 0, 'in-flight': 0, gone: 0 };
  #retentionMs: number;

  constructor(shelf: Shelf, retentionMs: number) {
    this.#shelf = shelf;
    this.#retentionMs = retentionMs;
  }

  get counts(): QueueCounts {
    return this.#counts;
  }

  /** When `settle` has something to do next. */
  get nextDueAtMs(): number | undefined {
    return this.#due.first?.dueAtMs;
  }

  /** Zero exactly when a receive would get nothing, also because too much is in flight. Then nobody is woken. */
  get receivable(): number {
    return Math.min(this.#shelf.receivable, inFlightLimit - this.#counts['in-flight']);
  }

  get(messageId: string): StoredMessage | undefined {
    return this.#byId.get(messageId);
  }

  all(): StoredMessage[] {
    return [...this.#byId.values()];
  }

  /**
   * The message that has been here longest. Messages that were received `receives` times and not deleted do not count: a
   * standard queue's metric passes over them (SQS Developer Guide, "Available CloudWatch metrics"), a FIFO queue's does
   * not.
   */
  oldest(receives = receivesOfPoison): StoredMessage | undefined {
    // A map keeps the order in which messages came.
    for (const message of this.#byId.values()) if (message.receivesHere < receives) return message;
  }

  /** Takes in a message whose `state` says how it starts: delayed until `visibleAtMs`, or available. */
  add(message: StoredMessage): void {
    this.#byId.set(message.messageId, message);
    this.#counts[message.state] += 1;
    this.#shelf.admit(message);
    if (message.state === 'available') this.#shelf.makeAvailable(message);
    message.dueAtMs = this.#nextMoment(message);
    this.#due.add(message);
  }

  /** Lets pass what is due at `nowMs` and answers the messages that expired. */
  settle(nowMs: number): StoredMessage[] {
    const expired: StoredMessage[] = [];
    for (let message = this.#due.first; message !== undefined; message = this.#due.first) {
      if (message.dueAtMs > nowMs) break;
      if (this.#expiresAtMs(message) <= nowMs) {
        expired.push(message);
        this.remove(message);
      } else {
        this.#setState(message, 'available');
        this.#shelf.makeAvailable(message);
        this.reschedule(message);
      }
    }
    return expired;
  }

  /** Takes up to `max` available messages off the shelf: each must then be put in flight or removed. */
  take(max: number): StoredMessage[] {
    const messages = this.#shelf.take(max);
    for (const message of messages) this.#setState(message, 'taken');
    return messages;
  }

  putInFlight(message: StoredMessage, visibleAtMs: number): void {
    this.#setState(message, 'in-flight');
    message.visibleAtMs = visibleAtMs;
    this.reschedule(message);
  }

  remove(message: StoredMessage): void {
    this.#byId.delete(message.messageId);
    this.#due.remove(message);
    const wasAvailable = message.state === 'available';
    this.#setState(message, 'gone');
    this.#shelf.drop(message, wasAvailable);
  }

  /** To be called after a message's `visibleAtMs` was changed. */
  reschedule(message: StoredMessage): void {
    message.dueAtMs = this.#nextMoment(message);
    this.#due.moved(message);
  }

  changeRetention(retentionMs: number): void {
    this.#retentionMs = retentionMs;
    for (const message of this.all()) this.reschedule(message);
  }

  #setState(message: StoredMessage, state: StoredMessage['state']): void {
    this.#counts[message.state] -= 1;
    this.#counts[state] += 1;
    message.state = state;
  }

  #expiresAtMs(message: StoredMessage): number {
    return message.enqueuedAtMs + this.#retentionMs;
  }

  #nextMoment(message: StoredMessage): number {
    const expiresAtMs = this.#expiresAtMs(message);
    return message.state === 'available' ? expiresAtMs : Math.min(message.visibleAtMs, expiresAtMs);
  }
}
