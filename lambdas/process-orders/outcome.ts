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

/**
 * Reads and processes one record. Never throws, and never waits for longer than `signal` lets it, so that no record
 * can fail or delay another.
 */
export async function outcomeOf(
  record: ConsumedRecord,
  processOrder: ProcessOrder,
  signal?: AbortSignal,
): Promise<Outcome> {
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
    await Promise.race([processOrder(read.order, received), ...(signal === undefined ? [] : [outOfTime(signal)])]);
    return { ...outcome, result: 'processed' };
  } catch (error) {
    return { ...outcome, result: 'transient', error };
  }
}

function outOfTime(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(new Error('Processing took longer than the function has time for.'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
