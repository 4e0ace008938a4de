import { sendBatchLimits as limits } from '../../shared/send-batch-limits.ts';

/** What fits into one request, in order; or one message that fits into none. */
export type Chunk<T> =
  | { readonly kind: 'batch'; readonly messages: readonly T[] }
  | { readonly kind: 'too-large'; readonly message: T; readonly bytes: number };

/**
 * Cuts a stream of messages into requests, as few as their order allows, and takes no more from the stream than the
 * request at hand needs. Nothing is left out, nothing overtakes.
 */
export function* chunk<T extends { readonly body: string }>(messages: Iterable<T>): Generator<Chunk<T>> {
  let pending: T[] = [];
  let pendingBytes = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body);
    if (pending.length > 0 && pendingBytes + bytes > limits.bytes) {
      yield { kind: 'batch', messages: pending };
      pending = [];
      pendingBytes = 0;
    }
    if (bytes > limits.bytes) {
      yield { kind: 'too-large', message, bytes };
      continue;
    }
    pending.push(message);
    pendingBytes += bytes;
    if (pending.length === limits.entries) {
      yield { kind: 'batch', messages: pending };
      pending = [];
      pendingBytes = 0;
    }
  }
  if (pending.length > 0) yield { kind: 'batch', messages: pending };
}
