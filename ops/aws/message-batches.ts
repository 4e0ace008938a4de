import { sendBatchLimits } from '../../shared/send-batch-limits.ts';
import type { OutgoingMessage } from './send-messages.ts';

/** Something to send, and what it is for. */
export interface Parcel<Subject> {
  readonly subject: Subject;
  readonly message: OutgoingMessage;
}

/** What fits into one request, in order; or one message that fits into none. */
export type Batch<Subject> =
  | { readonly kind: 'batch'; readonly parcels: readonly Parcel<Subject>[] }
  | { readonly kind: 'too-large'; readonly parcel: Parcel<Subject>; readonly bytes: number };

/** Cuts a stream of messages into requests, as few as their order allows, and reads no further than it must. */
export async function* messageBatches<Subject>(
  parcels: AsyncIterable<Parcel<Subject>>,
  maximumEntries: number = sendBatchLimits.entries,
): AsyncGenerator<Batch<Subject>> {
  let pending: Parcel<Subject>[] = [];
  let pendingBytes = 0;
  for await (const parcel of parcels) {
    const bytes = bytesOf(parcel.message);
    if (pending.length > 0 && pendingBytes + bytes > sendBatchLimits.bytes) {
      yield { kind: 'batch', parcels: pending };
      pending = [];
      pendingBytes = 0;
    }
    if (bytes > sendBatchLimits.bytes) {
      yield { kind: 'too-large', parcel, bytes };
      continue;
    }
    pending.push(parcel);
    pendingBytes += bytes;
    if (pending.length < maximumEntries) continue;
    yield { kind: 'batch', parcels: pending };
    pending = [];
    pendingBytes = 0;
  }
  if (pending.length > 0) yield { kind: 'batch', parcels: pending };
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
