import type { Clock } from '../clock.ts';
import type { EventStream } from '../events.ts';
import { Alarm } from './alarm.ts';
import { MessageStore } from './message-store.ts';
import type { StoredMessage } from './message.ts';
import type { Shelf } from './shelf.ts';
import { Waiters } from './waiters.ts';

/** A queue that takes over messages of another one. */
export interface MoveTarget {
  readonly name: string;
  readonly fifo: boolean;
  takeOver(message: StoredMessage): void;
}

/** What a store needs of its queue. `retentionMs` counts from a message's `enqueuedAtMs`. */
export interface TimedStoreOptions {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly queueName: string;
  readonly shelf: Shelf;
  readonly retentionMs: number;
}

/**
 * A queue's messages as time passes. Whoever uses them first lets pass what is due by the clock; one timer, set to the
 * next moment at which something is due, does so when nobody comes.
 */
export class TimedStore {
  readonly messages: MessageStore;
  readonly waiters = new Waiters();
  readonly #options: TimedStoreOptions;
  readonly #alarm: Alarm;

  constructor(options: TimedStoreOptions) {
    this.#options = options;
    this.messages = new MessageStore(options.shelf, options.retentionMs);
    this.#alarm = new Alarm(options.clock, () => this.settleAndServe());
  }

  now(): number {
    return this.#options.clock.now();
  }

  /** Lets pass what is due and answers the present moment. */
  settle(): number {
    const { events, queueName } = this.#options;
    const nowMs = this.now();
    for (const { messageId } of this.messages.settle(nowMs)) {
      events.emit({ type: 'message-expired', atMs: nowMs, messageId, queueName });
    }
    return nowMs;
  }

  /** As `settle`, and gives those who wait what is there for them: to be called when messages have become available. */
  settleAndServe(): void {
    this.settle();
    this.waiters.serve(() => this.messages.receivable);
    this.setAlarm();
  }

  /** To be called when a message's next moment may have become the first. */
  setAlarm(): void {
    this.#alarm.setFor(this.messages.nextDueAtMs);
  }

  /** Takes `message` out; as `moved` it goes on in another queue. */
  move(message: StoredMessage, moved: StoredMessage, target: MoveTarget): void {
    this.messages.remove(message);
    const { events, queueName: fromQueueName } = this.#options;
    const { messageId } = moved;
    events.emit({ type: 'message-moved', atMs: this.now(), messageId, fromQueueName, toQueueName: target.name });
    target.takeOver(moved);
  }

  /** Whoever waits gets nothing, the timer stops. */
  close(): void {
    this.#alarm.close();
    this.waiters.endAll();
  }
}
