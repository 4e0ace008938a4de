import { messageLimits } from '../../shared/message-limits.ts';
import { type Cut, RequestCutter } from '../../shared/request-cutter.ts';
import { number } from '../terminal/progress-text.ts';
import type { OutgoingMessage } from './send-messages.ts';

/** Something to send, and what it is for. */
export interface Parcel<Subject> {
  readonly subject: Subject;
  readonly message: OutgoingMessage;
}

/**
 * Cuts a stream of messages into requests, and reads no further than the request at hand needs.
 *
 * @param maximumEntries messages a request, 1 to 10
 */
export async function* messageBatches<Subject>(
  parcels: AsyncIterable<Parcel<Subject>>,
  maximumEntries?: number,
): AsyncGenerator<Cut<Parcel<Subject>>> {
  const cutter = new RequestCutter<Parcel<Subject>>(maximumEntries);
  for await (const parcel of parcels) yield* cutter.add(parcel, bytesOf(parcel.message));
  yield* cutter.rest();
}

/** Name, type and value of each attribute count with the body (SQS Developer Guide, message quotas). */
export function bytesOf({ body, attributes }: OutgoingMessage): number {
  let bytes = Buffer.byteLength(body);
  for (const [name, { dataType, stringValue = '', binaryValue = '' }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(dataType) + Buffer.byteLength(stringValue);
    bytes += Buffer.byteLength(binaryValue, 'base64');
  }
  return bytes;
}

/** The limit of the orders queue, after the size of a message that is larger. */
export const mostBytesText = `the orders queue takes ${number(messageLimits.bytes)} (256 KiB)`;
