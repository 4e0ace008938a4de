import type { Order } from '../../shared/order.generated.ts';
import { type ConsumedRecord, receiveCountOf } from '../../shared/consumed-record.ts';
import { type Identity, readOrder } from '../../shared/read-order.ts';

/** What tells one record from another in logs. */
export interface Received extends Identity {
  readonly messageId: string;
  /** 1 at the first try. */
  readonly receiveCount: number;
}

/** Does what there is to do for a good order. Whatever it throws is taken for a passing failure. */
export type ProcessOrder = (order: Order, received: Received) => void | Promise<void>;

/**
 * What became of one record: `permanent` failures (not an order, and it never will be) must reach the dead-letter
 * queue, `transient` ones deserve another try.
 */
export type Outcome = Received & { readonly receiptHandle: string } & (
    | { readonly result: 'processed' }
    | { readonly result: 'permanent'; readonly kind: 'not-json' | 'invalid'; readonly reasons: readonly string[] }
    | { readonly result: 'transient'; readonly error: unknown }
  );

/** Reads and processes one record. Never throws, so that no record can fail another. */
export async function outcomeOf(record: ConsumedRecord, processOrder: ProcessOrder): Promise<Outcome> {
  const read = readOrder(record.body);
  const received: Received = {
    messageId: record.messageId,
    receiveCount: receiveCountOf(record),
    orderId: read.orderId,
    customerName: read.customerName,
  };
  const outcome = { ...received, receiptHandle: record.receiptHandle };
  if (read.kind !== 'order') return { ...outcome, result: 'permanent', kind: read.kind, reasons: read.reasons };
  try {
    await processOrder(read.order, received);
    return { ...outcome, result: 'processed' };
  } catch (error) {
    return { ...outcome, result: 'transient', error };
  }
}
