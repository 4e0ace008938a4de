import type { SQSBatchResponse } from 'aws-lambda';
import type { OwedEvent } from '../../shared/order-event.ts';
import { type Backoff, equalJitter } from '../../shared/sending.ts';
import { describeError, type FailureKind, logMessages, type MetricName, metricNames } from '../../shared/telemetry.ts';
import { logIdentity, type Received } from '../common/consumer.ts';
import type { PublishEvents } from '../common/events.ts';
import type { VisibilityChange } from '../common/message-visibility.ts';

/**
 * What became of one record.
 *
 * - `processed`, `duplicate`: its order is written, now or before. The message may be deleted, after what it owes is told.
 * - `untold`: its order is written, and what it owes could not be told. The message deserves another try.
 * - `permanent`: the body is no order, or an order that can never be processed. The message must reach the dead-letter
 *   queue.
 * - `transient`: processing failed for a reason that may pass. The message deserves another try, and needs none before
 *   `notBeforeMs` from now.
 * - `held-back`: not tried, because a message before it in its group of a FIFO queue has to be tried again.
 */
export type Outcome = Received & { readonly receiptHandle: string } & (
    | { readonly result: 'processed'; readonly owed?: OwedEvent }
    | { readonly result: 'duplicate'; readonly firstMessageId: string; readonly owed?: OwedEvent }
    | { readonly result: 'untold'; readonly error: Error }
    | { readonly result: 'permanent'; readonly kind: FailureKind; readonly reasons: readonly string[] }
    | { readonly result: 'transient'; readonly error: unknown; readonly notBeforeMs?: number }
    | { readonly result: 'held-back'; readonly error: Error }
  );

/** Whether the message has to be tried again, and in a FIFO queue those behind it in its group with it. */
export function isToBeTriedAgain({ result }: Outcome): boolean {
  return result === 'transient' || result === 'held-back';
}

/** What becomes of the messages of a batch. */
interface Decision extends SQSBatchResponse {
  readonly visibilityChanges: readonly VisibilityChange[];
}

/**
 * Which messages stay in the queue, and when they come back. Every record whose order is not written, or not told, is
 * named, and no other one: Lambda deletes what is not named.
 *
 * A permanent failure comes back at once. A message moves to the dead-letter queue on the receive after its
 * maxReceiveCount is used up (SQS Developer Guide, dead-letter queues). So it has to be received to get there, and
 * waiting for the visibility timeout in between helps nobody. A queue that does not move it would hand it out without
 * end, and each receive is paid for. There it comes back later from try to try.
 *
 * A transient failure waits longer from try to try, and never so short that an outage takes all its tries at once. After
 * its last try it has nothing to wait for, as a permanent failure. One that waits for another delivery of its order
 * waits at least as long as that has time.
 *
 * A held-back message waits out its visibility timeout. A group is received from its front, up to the first message
 * that is invisible. So the failed message comes back alone, and its next tries cost the held-back ones no receive
 * until their timeout is over. From then on they come back with it.
 *
 * @param backoff in seconds
 * @param maxReceiveCount receives after which the queue moves a message to its dead-letter queue; 0 where it has none
 */
export function decide(
  outcomes: readonly Outcome[],
  backoff: Backoff,
  random: () => number,
  maxReceiveCount: number,
): Decision {
  const failed = outcomes.filter(({ result }) => result !== 'processed' && result !== 'duplicate');
  return {
    batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })),
    visibilityChanges: failed
      .filter(({ result }) => result !== 'held-back')
      .map((outcome) => ({
        messageId: outcome.messageId,
        receiptHandle: outcome.receiptHandle,
        visibilityTimeoutSeconds: waitSeconds(outcome),
      })),
  };

  function waitSeconds(outcome: Outcome): number {
    const notBeforeMs = outcome.result === 'transient' ? (outcome.notBeforeMs ?? 0) : 0;
    const isMoved = outcome.receiveCount === maxReceiveCount && notBeforeMs === 0;
    if (isMoved || (outcome.result === 'permanent' && outcome.receiveCount <= maxReceiveCount)) return 0;
    return Math.max(Math.ceil(notBeforeMs / 1000), Math.round(equalJitter(outcome.receiveCount, backoff, random)));
  }
}

/** One line for each record. */
export function logOutcome(outcome: Outcome, logCustomerNames: boolean): void {
  const identity = logIdentity(outcome, logCustomerNames);
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
    case 'untold':
      console.error({ message: logMessages.eventNotPublished, ...identity, error: describeError(outcome.error) });
      return;
    case 'transient':
    case 'held-back':
      console.error({ message: logMessages.orderNotProcessed, ...identity, error: describeError(outcome.error) });
  }
}

/** How an outcome is counted. A message that comes again after it wrote its order is no duplicate of another. */
export function metricOf(outcome: Outcome): MetricName {
  switch (outcome.result) {
    case 'processed':
      return metricNames.ordersProcessed;
    case 'duplicate':
      return outcome.firstMessageId === outcome.messageId ? metricNames.ordersProcessed : metricNames.duplicateOrders;
    case 'permanent':
      return metricNames.badOrders;
    case 'untold':
      return metricNames.eventsNotPublished;
    case 'transient':
    case 'held-back':
      return metricNames.ordersNotProcessed;
  }
}

/**
 * Publishes what the records of a batch owe, after their rows were written and before their messages may be deleted. A
 * record whose event could not be published becomes `untold`, and no other one.
 *
 * @returns the outcomes in their order
 */
export async function tellOutcomes(
  outcomes: readonly Outcome[],
  publishEvents: PublishEvents,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const owing = outcomes.filter((outcome) => owedBy(outcome) !== undefined);
  if (owing.length === 0) return outcomes;
  const errors = await publishEvents(
    owing.flatMap((outcome) => owedBy(outcome) ?? []),
    signal,
  );
  const untold = new Map(owing.flatMap((outcome, index) => (errors[index] ? [[outcome, errors[index]] as const] : [])));
  return outcomes.map((outcome) => {
    const error = untold.get(outcome);
    return error === undefined ? outcome : untoldOf(outcome, error);
  });
}

function owedBy(outcome: Outcome) {
  return outcome.result === 'processed' || outcome.result === 'duplicate' ? outcome.owed : undefined;
}

function untoldOf(outcome: Outcome, error: Error): Outcome {
  const { messageId, receiptHandle, receiveCount, traceId, orderId, customerName } = outcome;
  return { messageId, receiptHandle, receiveCount, traceId, orderId, customerName, result: 'untold', error };
}
