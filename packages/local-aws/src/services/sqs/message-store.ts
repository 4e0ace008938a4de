import { Heap, LinkedList } from './collections.ts';
import type { StoredMessage } from './message.ts';
import { receivesOfPoison } from './standard-shelf.ts';
import type { Shelf } from './shelf.ts';

/** Source: SQS Developer Guide, "Message quotas", for standard and FIFO queues alike. */
export const inFlightLimit = 120_000;

/** Messages of a queue by their state; exact, where AWS approximates. */
export interface QueueCounts {
  readonly delayed: number;
  readonly available: number;
  readonly 'in-flight': number;
}

/**
 * A queue's messages with their states and times. The cost of a message does not depend on how many others wait:
 * - The list holds every message in the order of arrival. The retention of most messages ends in this order.
 * - The heap holds the others that have a next moment: delayed, in flight, or older than their arrival.
 * - The shelf holds the available messages.
 * - The index by id holds the messages that were received: only they have receipt handles.
 */
export class MessageStore {
  readonly #arrived = new LinkedList<StoredMessage>();
  readonly #due = new Heap<StoredMessage>(({ dueAtMs }) => dueAtMs);
  readonly #received = new Map<string, StoredMessage>();
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
    const { first } = this.#arrived;
    if (first === undefined) return undefined;
    return Math.min(this.#expiresAtMs(first), this.#due.first?.dueAtMs ?? Infinity);
  }

  /** Zero exactly when a receive would get nothing, also because too much is in flight. Then nobody is woken. */
  get receivable(): number {
    return Math.min(this.#shelf.receivable, inFlightLimit - this.#counts['in-flight']);
  }

  /** A message that was put in flight at least once and is still in the queue. */
  received(messageId: string): StoredMessage | undefined {
    return this.#received.get(messageId);
  }

  all(): StoredMessage[] {
    return [...this.#arrived];
  }

  /**
   * The message that has been here longest. Messages that were received `receives` times and not deleted do not count:
   * a standard queue's metric passes over them (SQS Developer Guide, "Available CloudWatch metrics"), a FIFO queue's does
   * not.
   */
  oldest(receives = receivesOfPoison): StoredMessage | undefined {
    for (const message of this.#arrived) if (message.receivesHere < receives) return message;
  }

  /** Takes in a message whose `state` says how it starts: delayed until `visibleAtMs`, or available. */
  add(message: StoredMessage): void {
    this.#arrived.append(message);
    this.#counts[message.state] += 1;
    this.#shelf.admit(message);
    if (message.state === 'available') this.#shelf.makeAvailable(message);
    this.reschedule(message);
  }

  /** Lets pass what is due at `nowMs` and answers the messages that expired. */
  settle(nowMs: number): StoredMessage[] {
    const expired: StoredMessage[] = [];
    const expire = (message: StoredMessage) => {
      expired.push(message);
      this.remove(message);
    };
    for (let message = this.#due.first; message !== undefined; message = this.#due.first) {
      if (message.dueAtMs > nowMs) break;
      if (this.#expiresAtMs(message) <= nowMs) {
        expire(message);
      } else {
        this.#setState(message, 'available');
        this.#shelf.makeAvailable(message);
        this.reschedule(message);
      }
    }
    for (let message = this.#arrived.first; message !== undefined; message = this.#arrived.first) {
      if (this.#expiresAtMs(message) > nowMs) break;
      expire(message);
    }
    return expired;
  }

  /** Takes up to `max` available messages off the shelf: each must then be put in flight or removed. */
  take(max: number, nowMs: number): StoredMessage[] {
    const messages = this.#shelf.take(max, nowMs);
    for (const message of messages) this.#setState(message, 'taken');
    return messages;
  }

  putInFlight(message: StoredMessage, visibleAtMs: number): void {
    this.#setState(message, 'in-flight');
    this.#received.set(message.messageId, message);
    message.visibleAtMs = visibleAtMs;
    this.reschedule(message);
  }

  remove(message: StoredMessage): void {
    this.#arrived.remove(message);
    this.#received.delete(message.messageId);
    this.#due.remove(message);
    const before = message.state;
    this.#setState(message, 'gone');
    this.#shelf.drop(message, before);
  }

  /** To be called after a message's `visibleAtMs` was changed. */
  reschedule(message: StoredMessage): void {
    if (!this.#needsHeap(message)) return this.#due.remove(message);
    message.dueAtMs = this.#nextMoment(message);
    this.#due.put(message);
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

  /**
   * Delays and visibility timeouts end in any order. Retention does too if it counts from before the arrival, in a
   * dead-letter queue. Such a message expires before all that arrive after it, so it never holds up the list.
   */
  #needsHeap(message: StoredMessage): boolean {
    return message.state !== 'available' || message.enqueuedAtMs < message.arrivedAtMs;
  }

  #nextMoment(message: StoredMessage): number {
    const expiresAtMs = this.#expiresAtMs(message);
    return message.state === 'available' ? expiresAtMs : Math.min(message.visibleAtMs, expiresAtMs);
  }
}
