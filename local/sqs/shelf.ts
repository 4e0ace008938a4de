import type { StoredMessage } from './message.ts';

/** Holds a queue's available messages and decides which ones a receive gets. The queue owns their states and times. */
export interface Shelf {
  /** How many receivers can be served at once: zero exactly when a receive would find nothing. */
  readonly receivable: number;
  /** A message became part of the queue (in any state). */
  admit(message: StoredMessage): void;
  /** A message of the queue became available. */
  makeAvailable(message: StoredMessage): void;
  /** A message left the queue; its state is `gone` already. `wasAvailable`: it had not been taken before. */
  drop(message: StoredMessage, wasAvailable: boolean): void;
  /** Hands out up to `max` available messages; the queue changes their states before it asks again. */
  take(max: number): StoredMessage[];
}
