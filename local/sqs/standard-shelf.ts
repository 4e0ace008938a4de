import { Deque } from './deque.ts';
import type { HandOut } from './hand-out.ts';
import type { StoredMessage } from './message.ts';
import type { Shelf } from './shelf.ts';

/**
 * A standard queue's available messages in the order in which they became available, which is the best effort at
 * order that AWS promises; with a `HandOut`, in none. A message that leaves from the middle (deleted by an old handle,
 * expired) stays in the line as a dead entry until the front passes it.
 */
export class StandardShelf implements Shelf {
  readonly #handOut: HandOut | undefined;
  readonly #line = new Deque<StoredMessage>();
  receivable = 0;

  constructor(handOut: HandOut | undefined) {
    this.#handOut = handOut;
  }

  admit(): void {}

  makeAvailable(message: StoredMessage): void {
    this.#line.push(message);
    this.receivable += 1;
  }

  drop(_message: StoredMessage, wasAvailable: boolean): void {
    if (!wasAvailable) return;
    this.receivable -= 1;
    while (this.#line.length > 0 && this.#line.first?.state !== 'available') this.#line.shift();
  }

  take(max: number): StoredMessage[] {
    const possible = Math.min(max, this.receivable);
    const wanted = this.#handOut?.size(possible) ?? possible;
    const taken: StoredMessage[] = [];
    while (taken.length < wanted) {
      if (this.#handOut !== undefined) this.#line.bringForward(this.#handOut.pick(this.#line.length));
      const message = this.#line.shift();
      if (message?.state === 'available') taken.push(message);
    }
    this.receivable -= taken.length;
    return taken;
  }
}
