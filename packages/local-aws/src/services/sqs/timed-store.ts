import type { Clock } from '../../clock.ts';
import type { EventStream } from '../../events.ts';
import { Alarm } from './collections.ts';
import { MessageStore } from './message-store.ts';
import type { StoredMessage } from './message.ts';
import type { Shelf } from './shelf.ts';

/** A queue that takes over messages of another one. */
export interface MoveTarget {
  readonly name: string;
  readonly fifo: boolean;
  takeOver(message: StoredMessage): void;
}

/** What a store needs of its queue. `retentionMs` counts from a message's `enqueuedAtMs`. */
interface TimedStoreOptions {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly queueName: string;
  readonly shelf: Shelf;
  readonly retentionMs: number;
}

/**
 * A queue's messages as time passes. Every use begins with `settle`, which carries out what is due by the clock. When
 * nobody uses the queue, one timer does so at the next moment at which something is due.
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

  /** Carries out what is due: messages become visible or expire. Answers the present moment. */
  settle(): number {
    const { events, queueName } = this.#options;
    const nowMs = this.now();
    for (const { messageId } of this.messages.settle(nowMs)) {
      events.emit({ type: 'message-expired', atMs: nowMs, messageId, queueName });
    }
    return nowMs;
  }

  /** As `settle`, and then serves those who wait. To be called when messages have become available. */
  settleAndServe(): void {
    this.settle();
    this.waiters.serve(() => this.messages.receivable);
    this.setAlarm();
  }

  /** Sets the timer anew. To be called when something may be due earlier than before. */
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

  /** Stops the timer. Those who wait get nothing. */
  close(): void {
    this.#alarm.close();
    this.waiters.endAll();
  }
}

interface Waiter {
  /** Called when there are messages. `informed` ends the wait too, but takes nothing yet. */
  offer(): 'served' | 'informed' | 'nothing left';
  end(): void;
}

/**
 * Who waits on a queue, first come, first served. Messages are offered to one waiter after another for as long as
 * there are any, so one new message wakes one waiter, and a waiter whose client went away is no longer there to
 * swallow it.
 */
class Waiters {
  readonly #waiting = new Set<Waiter>();

  get count(): number {
    return this.#waiting.size;
  }

  /** Resolves with what `attempt` got (undefined: nothing, go on waiting), or with undefined on abort or `endAll`. */
  waitFor<Result>(attempt: () => Result | undefined, signal: AbortSignal): Promise<Result | undefined> {
    return this.#wait(signal, (finish) => () => {
      const result = attempt();
      if (result === undefined) return 'nothing left';
      finish(result);
      return 'served';
    });
  }

  /** Resolves when there are messages, on abort and on `endAll`. */
  waitForWord(signal: AbortSignal): Promise<void> {
    return this.#wait<undefined>(signal, (finish) => () => {
      finish(undefined);
      return 'informed';
    });
  }

  /**
   * Offers to each waiter in turn while `receivable` exceeds what was promised to those only informed. Should one of
   * these not take it after all, the next is asked as soon as it had the chance.
   */
  serve(receivable: () => number): void {
    let promised = 0;
    for (const waiter of this.#waiting) {
      if (receivable() <= promised) break;
      if (waiter.offer() === 'informed') promised += 1;
    }
    if (promised > 0 && this.#waiting.size > 0) setImmediate(() => this.serve(receivable));
  }

  endAll(): void {
    for (const waiter of this.#waiting) waiter.end();
  }

  #wait<Result>(
    signal: AbortSignal,
    offerWith: (finish: (result: Result | undefined) => void) => Waiter['offer'],
  ): Promise<Result | undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const end = () => finish(undefined);
      const finish = (result: Result | undefined) => {
        this.#waiting.delete(waiter);
        signal.removeEventListener('abort', end);
        resolve(result);
      };
      const waiter: Waiter = { offer: offerWith(finish), end };
      this.#waiting.add(waiter);
      signal.addEventListener('abort', end);
    });
  }
}
