import { randomBytes } from 'node:crypto';
import type { MessageStore } from './message-store.ts';
import type { StoredMessage } from './message.ts';
import { receiptHandleIsInvalid } from './sqs-errors.ts';

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

  /**
   * The message received under this handle, undefined when it is gone, and whether it was received again since. Throws
   * `ReceiptHandleIsInvalid` for what is no handle of this queue.
   */
  find(handle: string): { message: StoredMessage | undefined; isLatest: boolean } {
    const [mark, messageId, receive] = Buffer.from(handle, 'base64').toString('latin1').split(' ');
    if (mark !== this.#mark || messageId === undefined) throw receiptHandleIsInvalid(handle);
    const message = this.#store.received(messageId);
    return { message, isLatest: message !== undefined && String(message.receivesHere) === receive };
  }
}
