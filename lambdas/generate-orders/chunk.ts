import { type Cut, RequestCutter } from '../../shared/request-cutter.ts';

/** Cuts a stream of messages into requests, and takes no more from the stream than the request at hand needs. */
export function* chunk<T extends { readonly body: string }>(messages: Iterable<T>): Generator<Cut<T>> {
  const cutter = new RequestCutter<T>();
  for (const message of messages) yield* cutter.add(message, Buffer.byteLength(message.body));
  yield* cutter.rest();
}
