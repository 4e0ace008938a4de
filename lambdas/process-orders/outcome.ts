import type { SQSBatchResponse } from 'aws-lambda';
import type { ConsumedRecord } from '../../shared/ledger/message.ts';
import type { Order } from '../../shared/order/order.generated.ts';
import type { Identity } from '../../shared/order/read-order.ts';
import { type Backoff, equalJitter } from '../../shared/sending.ts';
import { describeError, type FailureKind, logMessages } from '../../shared/telemetry.ts';
import type { VisibilityChange } from '../common/message-visibility.ts';

/** What tells one record from another in logs. */
interface Received extends Identity {
  readonly messageId: string;
  /** 1 at the first try. */
  readonly receiveCount: number;
  /** The trace that the message belongs to, if its sender named one. */
  readonly traceId: string | null;
}

/** A message whose body is an order. */
interface GoodOrder extends Identity {
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
function isDone({ result }: Outcome): boolean {
  return result === 'processed' || result === 'duplicate';
}

/** What becomes of the messages of a batch. */
interface Decision extends SQSBatchResponse {
  readonly visibilityChanges: readonly VisibilityChange[];
}

/**
 * Which messages stay in the queue, and when they come back. Every record that was not processed is named, every
 * other one is not: Lambda deletes what is not named.
 *
 * A permanent failure comes back at once: a message moves to the dead-letter queue on the receive after its
 * maxReceiveCount is used up (SQS Developer Guide, dead-letter queues), so the only way there is to be received, and
 * waiting for the visibility timeout in between helps nobody. A transient one waits longer from try to try, and never
 * so short that an outage takes all its tries at once.
 *
 * What was held back in its FIFO group waits out its visibility timeout. A group is received from its front, up to the
 * first message that is invisible: so what failed comes back alone and its next tries cost the others no receive, until
 * their timeout is over. From then on they come back with it.
 *
 * @param backoff in seconds
 */
export function decide(outcomes: readonly Outcome[], backoff: Backoff, random: () => number): Decision {
  const failed = outcomes.filter((outcome) => !isDone(outcome));
  return {
    batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })),
    visibilityChanges: failed
      .filter(({ result }) => result !== 'held-back')
      .map(({ messageId, receiptHandle, receiveCount, result }) => ({
        messageId,
        receiptHandle,
        visibilityTimeoutSeconds: result === 'permanent' ? 0 : Math.round(equalJitter(receiveCount, backoff, random)),
      })),
  };
}

/** One line for each record. */
export function logOutcome(outcome: Outcome, logCustomerNames: boolean): void {
  const identity = identify(outcome, logCustomerNames);
  switch (outcome.result) {
    case 'processed':
      console.info({ message: logMessages.goodOrder, ...identity });
      return;
    case 'duplicate':
      console.info({ message: logMessages.duplicateOrder, ...identity, firstMessageId: outcome.firstMessageId });
      return;
    case 'permanent':
      console.warn({ message: logMessages.badOrder, ...identity, kind: outcome.kind, reasons: outcome.reasons });
      return;
    case 'transient':
    case 'held-back':
      console.error({ message: logMessages.orderNotProcessed, ...identity, error: describeError(outcome.error) });
  }
}

/** Customers' names are personal data: they are logged only where the configuration says so. */
function identify(received: Received, logCustomerNames: boolean) {
  const { orderId, messageId, receiveCount, traceId, customerName } = received;
  return {
    orderId,
    messageId,
    receiveCount,
    ...(traceId !== null && { traceId }),
    ...(logCustomerNames && { customerName }),
  };
}
