import type { ConsumedRecord } from '../../shared/consumed-record.ts';
import type { FailureKind } from '../../shared/log-messages.ts';
import type { Order } from '../../shared/order.generated.ts';
import type { Identity } from '../../shared/read-order.ts';

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
  readonly record: ConsumedRecord;
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
 * must reach the dead-letter queue, `transient` ones deserve another try. `held-back`: not tried, because one before it
 * in its group of a FIFO queue has to be tried again.
 */
export type Outcome = Received & { readonly receiptHandle: string } & (
    | { readonly result: 'processed' }
    | { readonly result: 'duplicate'; readonly firstMessageId: string }
    | { readonly result: 'permanent'; readonly kind: FailureKind; readonly reasons: readonly string[] }
    | { readonly result: 'transient'; readonly error: unknown }
    | { readonly result: 'held-back'; readonly error: Error }
  );

/** Whether the message may be deleted: its order is written, now or before. */
export function isDone({ result }: Outcome): boolean {
  return result === 'processed' || result === 'duplicate';
}
