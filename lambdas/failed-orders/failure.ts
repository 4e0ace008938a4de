import { type ConsumedRecord, receiveCountOf } from '../../shared/consumed-record.ts';
import { type FailureKind, failureKinds } from '../../shared/log-messages.ts';
import { type Identity, readOrder } from '../../shared/read-order.ts';

/** A message of bad-orders, understood. */
export interface Failure extends Identity {
  readonly messageId: string;
  /** Goes on counting from the orders queue: receives there and here, this one included. */
  readonly receiveCount: number;
  readonly kind: FailureKind;
  /** Field-level, without values; empty for a valid order. */
  readonly reasons: readonly string[];
  /** Name of the queue that the message failed in; null where SQS does not say. */
  readonly sourceQueue: string | null;
}

/** Says what a message of bad-orders is. Never throws for a body, whatever it holds. */
export function failureOf(record: ConsumedRecord): Failure {
  const read = readOrder(record.body);
  return {
    messageId: record.messageId,
    receiveCount: receiveCountOf(record),
    orderId: read.orderId,
    customerName: read.customerName,
    sourceQueue: record.attributes.DeadLetterQueueSourceArn?.split(':').at(-1) ?? null,
    ...(read.kind === 'order'
      ? { kind: failureKinds.outOfAttempts, reasons: [] }
      : { kind: read.kind, reasons: read.reasons }),
  };
}
