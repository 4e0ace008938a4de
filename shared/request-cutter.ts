import { messageLimits as limits } from './message-limits.ts';

/** What fits into one SendMessageBatch request, in order; or one message that the orders queue does not take, with its size. */
export type Cut<T> =
  | { readonly kind: 'batch'; readonly messages: readonly T[] }
  | { readonly kind: 'too-large'; readonly message: T; readonly bytes: number };

const nothing: readonly never[] = [];

/** Cuts a stream of messages into requests, as few as their order allows. Nothing is left out, nothing overtakes. */
export class RequestCutter<T> {
  readonly #maximumEntries: number;
  #pending: T[] = [];
  #pendingBytes = 0;

  /** @param maximumEntries messages a request, 1 to 10 */
  constructor(maximumEntries: number = limits.batchEntries) {
    this.#maximumEntries = maximumEntries;
  }

  /**
   * @param bytes what SQS counts of the message: its body, and names, types and values of its attributes
   * @returns what is complete now: mostly nothing
   */
  add(message: T, bytes: number): readonly Cut<T>[] {
    const isTooLarge = bytes > limits.bytes;
    const complete = isTooLarge || this.#pendingBytes + bytes > limits.batchBytes ? this.rest() : nothing;
    if (isTooLarge) return [...complete, { kind: 'too-large', message, bytes }];
    this.#pending.push(message);
    this.#pendingBytes += bytes;
    return this.#pending.length < this.#maximumEntries ? complete : [...complete, ...this.rest()];
  }

  /** What no request has been made of yet: a batch, or nothing. To be asked for at the end of the stream. */
  rest(): readonly Cut<T>[] {
    if (this.#pending.length === 0) return nothing;
    const messages = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    return [{ kind: 'batch', messages }];
  }
}
