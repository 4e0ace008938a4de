import type { NewMessage, SentMessage } from './message.ts';

/** Source: SQS Developer Guide, "Using the message deduplication ID in Amazon SQS". */
const intervalMs = 5 * 60 * 1000;

/** What a FIFO queue accepted in the last five minutes; deleted messages count too. */
export class Deduplication {
  /** All entries live equally long, so the oldest stand first. */
  readonly #accepted = new Map<string, { readonly untilMs: number; readonly sent: SentMessage }>();

  /** The message accepted under this key within the interval, or undefined. */
  earlier(key: string, nowMs: number): SentMessage | undefined {
    for (const [oldKey, { untilMs }] of this.#accepted) {
      if (untilMs > nowMs) break;
      this.#accepted.delete(oldKey);
    }
    return this.#accepted.get(key)?.sent;
  }

  remember(key: string, sent: SentMessage, nowMs: number): void {
    this.#accepted.set(key, { untilMs: nowMs + intervalMs, sent });
  }
}

/** What makes two messages of a FIFO queue the same: the deduplication id, within its group if the scope says so. */
export function deduplicationKey(message: NewMessage, scope: 'queue' | 'messageGroup'): string {
  return JSON.stringify([message.deduplicationId, scope === 'messageGroup' ? message.groupId : undefined]);
}
