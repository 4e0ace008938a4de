import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { errorReason } from '../../shared/ledger/failure.ts';
import { type ConsumedRecord, receiveCountOf, traceIdOf } from '../../shared/ledger/message.ts';
import { type ReadOrder, readOrder } from '../../shared/order/read-order.ts';
import { conflictReason, failureKinds, type MetricName } from '../../shared/telemetry.ts';
import type { ConsumerDependencies } from '../common/consumer.ts';
import { changeVisibility } from '../common/message-visibility.ts';
import { tally } from '../common/metrics.ts';
import type { PublishEvents } from '../common/events.ts';
import { type InvocationContext, timeBudget } from '../common/time.ts';
import { decide, isToBeTriedAgain, logOutcome, metricOf, type Outcome, tellOutcomes } from './outcome.ts';
import type { BatchTime, Processed, ProcessOrder } from './process-order.ts';

/** What process-orders gets from outside: handler.ts wires the real ones, tests give others. */
export interface Dependencies extends ConsumerDependencies {
  readonly processOrder: ProcessOrder;
  /** Must agree with `ReportBatchItemFailures` of the event source mapping. */
  readonly partialBatchResponses: boolean;
  /** Receives after which the queue moves a message to its dead-letter queue; 0 where it has none. */
  readonly maxReceiveCount: number;
  /** Tells the world of processed orders. Default: nobody is told. */
  readonly publishEvents?: PublishEvents;
}

/**
 * With partial batch responses, records are processed side by side, those of a FIFO group in turn. Failed records are
 * named, and come back when `decide` says. Without, records are processed one after the other, and the first that
 * fails brings back the whole batch. Events of the batch are published when all of it is processed.
 */
export function createHandler(
  dependencies: Dependencies,
): (event: SQSEvent, context: InvocationContext) => Promise<SQSBatchResponse> {
  const { processOrder, publishEvents, logCustomerNames, backoff, random, maxReceiveCount, startDeadline } =
    dependencies;
  return async ({ Records: records }, context) => {
    const { workMs, processingMs, publishingMs, reportingMs } = timeBudget(context, publishEvents !== undefined);
    using deadline = startDeadline(processingMs);
    using workDeadline = startDeadline(workMs);
    const remainingMs = () => context.getRemainingTimeInMillis();
    const time = { work: workDeadline.signal, batch: deadline.signal, remainingMs };
    const counted: MetricName[] = [];
    const note = (outcome: Outcome) => {
      logOutcome(outcome, logCustomerNames);
      counted.push(metricOf(outcome));
    };
    const process = (received: readonly ConsumedRecord[]) => processBatch(received, processOrder, time, note);
    const tell = async (outcomes: readonly Outcome[]) => {
      if (publishEvents === undefined) return outcomes;
      using publishing = startDeadline(publishingMs);
      const told = await tellOutcomes(outcomes, publishEvents, publishing.signal);
      for (const outcome of told) if (outcome.result === 'untold') note(outcome);
      return told;
    };
    try {
      if (!dependencies.partialBatchResponses) {
        refuseFailed(await tell(await processWholeBatch(records, process)), records.length);
        return { batchItemFailures: [] };
      }
      const outcomes = await tell(await process(records));
      const { batchItemFailures, visibilityChanges } = decide(outcomes, backoff, random, maxReceiveCount);
      if (visibilityChanges.length > 0) {
        using reporting = startDeadline(reportingMs);
        await changeVisibility(visibilityChanges, dependencies.loadChangeVisibilityBatch, reporting.signal);
      }
      return { batchItemFailures };
    } finally {
      dependencies.publishMetrics(tally(counted));
    }
  };
}

/**
 * Reads and processes records side by side, those of a FIFO group in turn. No record can fail another. The batch ends
 * when `time.batch` aborts, however long a record takes. What comes of that record afterwards changes nothing.
 *
 * @param onOutcome told of each record as soon as it is known what became of it
 * @returns an outcome for each record, in the order of the records
 */
export async function processBatch(
  records: readonly ConsumedRecord[],
  processOrder: ProcessOrder,
  time: BatchTime,
  onOutcome: (outcome: Outcome) => void,
): Promise<readonly Outcome[]> {
  const outOfTime = rejectedAtEndOf(time.batch);

  async function processRecord(record: ConsumedRecord): Promise<Outcome> {
    const read = readOrder(record.body);
    const received = receivedOf(record, read);
    if (read.kind !== 'order') return { ...received, result: 'permanent', kind: read.kind, reasons: read.reasons };
    const { order, orderId, customerName } = read;
    try {
      if (time.batch.aborted) await outOfTime;
      const processing = processOrder({ order, orderId, customerName, record }, time);
      return { ...received, ...resultOf(await Promise.race([processing, outOfTime])) };
    } catch (error) {
      return { ...received, result: 'transient', error };
    }
  }

  /**
   * A record that has to be tried again holds back the next one of its group. A permanent failure holds back none: its
   * order is never processed, so no other can overtake it.
   */
  async function processAfter(before: Promise<Outcome> | undefined, record: ConsumedRecord): Promise<Outcome> {
    const former = before && (await before);
    const isHeldBack = former !== undefined && isToBeTriedAgain(former);
    const outcome = isHeldBack ? heldBackBy(former, record) : await processRecord(record);
    onOutcome(outcome);
    return outcome;
  }

  const lastOfGroup = new Map<string, Promise<Outcome>>();
  const outcomes = records.map((record) => {
    const group = fifoGroupOf(record);
    if (group === undefined) return processAfter(undefined, record);
    const outcome = processAfter(lastOfGroup.get(group), record);
    lastOfGroup.set(group, outcome);
    return outcome;
  });
  return Promise.all(outcomes);
}

/** The error of those records that are not processed when the time is up. */
function rejectedAtEndOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const endBatch = () => reject(new Error('Processing took longer than the function has time for.'));
  if (signal.aborted) endBatch();
  else signal.addEventListener('abort', endBatch, { once: true });
  // A batch without any order does not wait for it, and Node ends a process for a rejection that nobody handles.
  promise.catch(() => {});
  return promise;
}

/**
 * The group in which a record has to wait for its turn; undefined for a record of a standard queue. Such a record may
 * have a group (fair queues), which orders nothing, but no sequence number (SQS API Reference, ReceiveMessage).
 */
function fifoGroupOf({ attributes }: ConsumedRecord): string | undefined {
  return attributes.SequenceNumber === undefined ? undefined : attributes.MessageGroupId;
}

function resultOf(processed: Processed) {
  switch (processed.result) {
    case 'conflict':
      return { result: 'permanent', kind: failureKinds.conflictingId, reasons: [conflictReason] } as const;
    case 'refused':
      return { result: 'permanent', kind: failureKinds.refused, reasons: processed.reasons } as const;
    case 'claimed': {
      const { remainingMs } = processed;
      return { result: 'transient', error: new OrderClaimed(remainingMs), notBeforeMs: remainingMs } as const;
    }
    default:
      return processed;
  }
}

/** Not a failure yet: this message waits until the other delivery has ended. */
class OrderClaimed extends Error {
  override readonly name = 'OrderClaimed';

  constructor(remainingMs: number) {
    super(`Another delivery processes an order with this id. It has ${Math.ceil(remainingMs / 1000)} s at most.`);
  }
}

function heldBackBy({ messageId }: Outcome, record: ConsumedRecord): Outcome {
  const error = new Error(`Message ${messageId}, before it in its group, was not processed.`);
  return { ...receivedOf(record, readOrder(record.body)), result: 'held-back', error };
}

function receivedOf(record: ConsumedRecord, { orderId, customerName }: ReadOrder) {
  const { messageId, receiptHandle } = record;
  return {
    messageId,
    receiptHandle,
    receiveCount: receiveCountOf(record),
    traceId: traceIdOf(record),
    orderId,
    customerName,
  };
}

/**
 * Without partial batch responses: throws at the first order that fails, as the lecture demo does. Lambda then keeps
 * the whole batch. The orders before were processed and come back all the same, those after were never seen. So no
 * event is due before all of them are processed.
 */
async function processWholeBatch(
  records: readonly ConsumedRecord[],
  process: (records: readonly ConsumedRecord[]) => Promise<readonly Outcome[]>,
): Promise<readonly Outcome[]> {
  const processed: Outcome[] = [];
  for (const record of records) {
    const outcomes = await process([record]);
    refuseFailed(outcomes, records.length);
    processed.push(...outcomes);
  }
  return processed;
}

/** @throws {BatchFailedError} of the first record that failed */
function refuseFailed(outcomes: readonly Outcome[], batchSize: number): void {
  for (const outcome of outcomes) {
    if (outcome.result === 'permanent' || outcome.result === 'transient' || outcome.result === 'untold') {
      throw new BatchFailedError(outcome, batchSize);
    }
  }
}

/** Fails a whole batch because of one order; the message names the order and says why. */
class BatchFailedError extends Error {
  override readonly name = 'BatchFailedError';

  constructor(outcome: Extract<Outcome, { result: 'permanent' | 'transient' | 'untold' }>, batchSize: number) {
    const order = outcome.orderId === null ? 'without an id' : outcome.orderId;
    const why = outcome.result === 'permanent' ? outcome.reasons.join(', ') : errorReason(outcome.error);
    super(`Order ${order} (message ${outcome.messageId}) fails its batch of ${batchSize}: ${why}`, {
      ...(outcome.result !== 'permanent' && { cause: outcome.error }),
    });
  }
}
