import { messageLimits as limits } from './pipeline.ts';

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

/** How long tries wait for each other, in a unit that its user chooses. */
export interface Backoff {
  /** The longest wait before the second try. */
  readonly base: number;
  /** The longest wait before any try. */
  readonly cap: number;
}

/**
 * Exponential backoff with full jitter: anything from 0 to `base` × 2^(attempt − 1), capped, in the unit of `base`.
 * Full jitter, because clients that failed together and wait equally long come back together.
 *
 * @param attempt how many tries there were, from 1
 * @param random answers numbers in [0, 1)
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitter(attempt: number, backoff: Backoff, random: () => number): number {
  return random() * longestWait(attempt, backoff);
}

/** The same with equal jitter, never less than half of the longest wait: where tries are few and none may be wasted. */
export function equalJitter(attempt: number, backoff: Backoff, random: () => number): number {
  return ((1 + random()) / 2) * longestWait(attempt, backoff);
}

function longestWait(attempt: number, { base, cap }: Backoff): number {
  return Math.min(cap, base * 2 ** (attempt - 1));
}
