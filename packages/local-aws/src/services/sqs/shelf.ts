import { Deque } from './collections.ts';
import type { StoredMessage } from './message.ts';

/** Holds a queue's available messages and decides which ones a receive gets. The queue owns their states and times. */
export interface Shelf {
  /** How many receivers can be served at once: zero exactly when a receive would find nothing. */
  readonly receivable: number;
  /** A message became part of the queue (in any state). */
  admit(message: StoredMessage): void;
  /** A message of the queue became available. */
  makeAvailable(message: StoredMessage): void;
  /** A message left the queue; its state is `gone` already, and was `before`. */
  drop(message: StoredMessage, before: StoredMessage['state']): void;
  /** Hands out up to `max` available messages; the queue changes their states before it asks again. */
  take(max: number, nowMs: number): StoredMessage[];
}

interface Group {
  /** Messages of the group in order, whatever their state; the first is never gone. */
  readonly messages: Deque<StoredMessage>;
  /** Whether the group may be received from: it then stands in the line. */
  open: boolean;
}

/**
 * A FIFO queue's messages by group. One rule makes the order: a group gives its messages from the front, up to the
 * first that is in flight or delayed. So a group is locked while its first message is in flight, and a message that
 * comes back goes before all that follow it. Groups take turns: one that was received from goes to the end of the
 * line. Source: SQS Developer Guide, "FIFO queue delivery logic"; the rule is what LocalStack recorded from AWS
 * (test_fifo_group_visibility_extends_with_change_message_visibility and its neighbours).
 */
export class FifoShelf implements Shelf {
  readonly #groups = new Map<string, Group>();
  /** Groups that have closed meanwhile are passed over, so closing one need not search the line. */
  readonly #line = new Deque<Group>();
  /** How many groups are open. */
  receivable = 0;

  admit(message: StoredMessage): void {
    let group = this.#groups.get(message.groupId ?? '');
    if (group === undefined) {
      group = { messages: new Deque(), open: false };
      this.#groups.set(message.groupId ?? '', group);
    }
    group.messages.push(message);
  }

  makeAvailable(message: StoredMessage): void {
    this.#review(message.groupId ?? '');
  }

  drop(message: StoredMessage): void {
    this.#review(message.groupId ?? '');
  }

  take(max: number): StoredMessage[] {
    const taken: StoredMessage[] = [];
    while (taken.length < max && this.receivable > 0) {
      const group = this.#line.shift();
      if (group?.open !== true) continue;
      this.#setOpen(group, false);
      for (const message of group.messages) {
        if (message.state === 'gone') continue;
        if (message.state !== 'available' || taken.length === max) break;
        taken.push(message);
      }
    }
    return taken;
  }

  /** Opens or closes a group by the state of its first message, and forgets a group without messages. */
  #review(groupId: string): void {
    const group = this.#groups.get(groupId);
    if (group === undefined) return;
    while (group.messages.first?.state === 'gone') group.messages.shift();
    this.#setOpen(group, group.messages.first?.state === 'available');
    if (group.messages.length === 0) this.#groups.delete(groupId);
  }

  #setOpen(group: Group, open: boolean): void {
    if (group.open === open) return;
    group.open = open;
    this.receivable += open ? 1 : -1;
    if (open) this.#line.push(group);
  }
}
