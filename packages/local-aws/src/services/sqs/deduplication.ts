import type { NewMessage, StoredMessage } from './message.ts';

/** Source: SQS Developer Guide, "Using the message deduplication ID in Amazon SQS". */
const intervalMs = 5 * 60 * 1000;

interface Accepted {
  /** What the sender of a duplicate is told instead of a new message's. */
  readonly sent: { readonly messageId: string; readonly sequenceNumber?: string };
  readonly untilMs: number;
}

/** What a FIFO queue accepted in the last five minutes; deleted messages count too. */
export class Deduplication {
  /** All entries live equally long, so the oldest stand first. */
  readonly #accepted = new Map<string, Accepted>();

  /** The message accepted under this key within the interval, or undefined. */
  earlier(key: string, nowMs: number): Accepted | undefined {
    for (const [oldKey, { untilMs }] of this.#accepted) {
      if (untilMs > nowMs) break;
      this.#accepted.delete(oldKey);
    }
    return this.#accepted.get(key);
  }

  remember(key: string, { messageId, sequenceNumber }: StoredMessage, nowMs: number): void {
    const sent = { messageId, ...(sequenceNumber !== undefined && { sequenceNumber }) };
    this.#accepted.set(key, { sent, untilMs: nowMs + intervalMs });
  }
}

/** What makes two messages of a FIFO queue the same: the deduplication id, within its group if the scope says so. */
export function deduplicationKey(message: NewMessage, scope: 'queue' | 'messageGroup'): string {
  return JSON.stringify([message.deduplicationId, scope === 'messageGroup' ? message.groupId : undefined]);
}
