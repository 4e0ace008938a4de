import { type ConsumedRecord, type Message, messageOf } from '../../shared/consumed-record.ts';
import { conflictReason, type FailureKind, failureKinds } from '../../shared/log-messages.ts';
import type { Order } from '../../shared/order.generated.ts';
import { type Identity, readOrder } from '../../shared/read-order.ts';

/** What tells one record from another in logs. */
export interface Received extends Identity {
  readonly messageId: string;
  /** 1 at the first try. */
  readonly receiveCount: number;
  /** The trace that the message belongs to, if its sender named one. */
  readonly traceId: string | null;
}

/** A message whose body is an order. */
export interface GoodOrder extends Identity {
  readonly order: Order;
  readonly message: Message;
}

/** `duplicate`: done before, for the message `firstMessageId`. `conflict`: another order has its id. */
export type Processing =
  | { readonly result: 'processed' }
  | { readonly result: 'duplicate'; readonly firstMessageId: string }
  | { readonly result: 'conflict' };

/** Does what there is to do for a good order. Whatever it throws is taken for a passing failure. */
export type ProcessOrder = (order: GoodOrder, signal: AbortSignal) => Promise<Processing>;

/**
 * What became of one record: `permanent` failures (no order, or no order that can be processed, and it never will be)
 * must reach the dead-letter queue, `transient` ones deserve another try.
 */
export type Outcome = Received & { readonly receiptHandle: string } & (
    | { readonly result: 'processed' }
    | { readonly result: 'duplicate'; readonly firstMessageId: string }
    | { readonly result: 'permanent'; readonly kind: FailureKind; readonly reasons: readonly string[] }
    | { readonly result: 'transient'; readonly error: unknown }
  );

/** Whether the message may be deleted: its order is written, now or before. */
export function isDone({ result }: Outcome): boolean {
  return result === 'processed' || result === 'duplicate';
}

/**
 * Reads and processes one record. Never throws, and never waits for longer than `signal` lets it, so that no record
 * can fail or delay another.
 */
export async function outcomeOf(
  record: ConsumedRecord,
  processOrder: ProcessOrder,
  signal: AbortSignal,
): Promise<Outcome> {
  const read = readOrder(record.body);
  const message = messageOf(record);
  const { orderId, customerName } = read;
  const { messageId, receiveCount, traceId, receiptHandle } = message;
  const outcome = { messageId, receiveCount, traceId, orderId, customerName, receiptHandle };
  if (read.kind !== 'order') return { ...outcome, result: 'permanent', kind: read.kind, reasons: read.reasons };
  try {
    const order = { order: read.order, orderId, customerName, message };
    const processing = await Promise.race([processOrder(order, signal), outOfTime(signal)]);
    if (processing.result !== 'conflict') return { ...outcome, ...processing };
    return { ...outcome, result: 'permanent', kind: failureKinds.conflictingId, reasons: [conflictReason] };
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
