import { recordJson, type RecordSource } from './record.ts';
import type { SourceMessage } from './source-queue.ts';

/** Lambda's limit for a synchronous payload: a batch with all its metadata must not pass it. */
export const maxPayloadBytes = 6 * 1024 * 1024;
const envelopeBytes = Buffer.byteLength('{"Records":[]}');

/** Messages in flight that go to the function together. */
export interface Batch {
  readonly messages: readonly SourceMessage[];
  /** JSON text of each message's record, in the same order. */
  readonly records: readonly string[];
  /** When its first message was received (ms since the epoch). The visibility timeout that ends first began here. */
  readonly receivedAtMs: number;
}

/** Messages in flight that no batch had room for yet. */
export interface Carried {
  readonly messages: readonly SourceMessage[];
  /** No message was received before this moment. */
  readonly receivedAtMs: number;
}

interface BatchLimits extends RecordSource {
  /** Messages. */
  readonly batchSize: number;
}

/** Fills one batch up to its size in messages and the payload limit in bytes, in the order of arrival. */
export class BatchBuilder {
  readonly #limits: BatchLimits;
  readonly #messages: SourceMessage[] = [];
  readonly #records: string[] = [];
  readonly #places = new Map<string, number>();
  readonly #leftOver: SourceMessage[] = [];
  #payloadBytes = envelopeBytes;
  #receivedAtMs = Infinity;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  /** Messages in the batch. */
  get size(): number {
    return this.#messages.length;
  }

  get isFull(): boolean {
    return this.size >= this.#limits.batchSize || this.#leftOver.length > 0;
  }

  /** A message that comes a second time within the window takes the place of the first one: its receipt is newer. */
  add(received: readonly SourceMessage[], receivedAtMs: number): void {
    for (const message of received) {
      const record = recordJson(message, this.#limits);
      const place = this.#places.get(message.messageId);
      if (place !== undefined) this.#put(place, message, record);
      else if (this.#hasRoomFor(record)) this.#put(this.size, message, record);
      else this.#leftOver.push(message);
    }
    if (received.length > 0) this.#receivedAtMs = Math.min(this.#receivedAtMs, receivedAtMs);
  }

  build(): { batch: Batch; leftOver: Carried | undefined } {
    const receivedAtMs = this.#receivedAtMs;
    return {
      batch: { messages: this.#messages, records: this.#records, receivedAtMs },
      leftOver: this.#leftOver.length === 0 ? undefined : { messages: this.#leftOver, receivedAtMs },
    };
  }

  #hasRoomFor(record: string): boolean {
    if (this.#leftOver.length > 0) return false;
    return this.size === 0 || this.#payloadBytes + recordBytes(record) <= maxPayloadBytes;
  }

  #put(place: number, message: SourceMessage, record: string): void {
    const former = this.#records[place];
    this.#payloadBytes += recordBytes(record) - (former === undefined ? 0 : recordBytes(former));
    this.#messages[place] = message;
    this.#records[place] = record;
    this.#places.set(message.messageId, place);
  }
}

/** The size of a record, with the comma behind it. */
function recordBytes(record: string): number {
  return Buffer.byteLength(record) + 1;
}
