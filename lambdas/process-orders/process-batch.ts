import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type ConsumedRecord, receiveCountOf, traceIdOf } from '../../shared/ledger/message.ts';
import { type ReadOrder, readOrder } from '../../shared/order/read-order.ts';
import type { Backoff } from '../../shared/sending.ts';
import { conflictReason, failureKinds, type MetricName, metricNames } from '../../shared/telemetry.ts';
import { changeOrWarn, type ChangeVisibilityBatch } from '../common/message-visibility.ts';
import { type PublishMetrics, tally } from '../common/metrics.ts';
import { type Deadline, type InvocationContext, timeBudget } from '../common/time.ts';
import { decide, logOutcome, type Outcome, type Processing, type ProcessOrder } from './outcome.ts';

/**
 * Reads and processes records, all at once; those of a FIFO queue in turn within their group, which its first transient
 * failure stops. A permanent one stops nothing: its order is never processed, so that none can overtake it. No record of
 * a standard queue can fail another and, whatever it takes, none keeps the batch for longer than `signal` lets it.
 *
 * Lean, because a million orders pay a million times for whatever happens here: one promise and one listener for a batch
 * of any size. The listener, and with it the batch, lives as long as `signal`, which should end with it.
 *
 * @param onOutcome told of each record as soon as it is known what became of it
 */
export function outcomesOf(
  records: readonly ConsumedRecord[],
  processOrder: ProcessOrder,
  signal: AbortSignal,
  onOutcome: (outcome: Outcome) => void,
): Promise<readonly Outcome[]> {
  return new Promise((resolve, reject) => {
    const outcomes: Outcome[] = Array.from({ length: records.length });
    const next = nextOfGroup(records);
    let pending = records.length;

    function end(index: number, outcome: Outcome): void {
      // What comes after its time changes nothing.
      if (outcomes[index] !== undefined) return;
      outcomes[index] = outcome;
      pending -= 1;
      try {
        onOutcome(outcome);
      } catch (error) {
        reject(error);
      }
      if (pending === 0) return resolve(outcomes);
      const following = next?.[index];
      if (following === undefined) return;
      if (outcome.result === 'transient' || outcome.result === 'held-back') {
        end(following, heldBackBy(outcome, records[following]!));
      } else begin(following);
    }

    function cutShort(): void {
      const error = new Error('Processing took longer than the function has time for.');
      for (const [index, record] of records.entries()) end(index, failedFor(record, readOrder(record.body), error));
    }

    function begin(index: number): void {
      const record = records[index]!;
      const read = readOrder(record.body);
      if (read.kind !== 'order') {
        return end(index, { ...messageOf(record, read), result: 'permanent', kind: read.kind, reasons: read.reasons });
      }
      const { order, orderId, customerName } = read;
      const failed = (error: unknown) => end(index, failedFor(record, read, error));
      try {
        processOrder({ order, orderId, customerName, record }, signal).then(
          (processing) => end(index, outcomeOf(record, read, processing)),
          failed,
        );
      } catch (error) {
        failed(error);
      }
    }

    if (pending === 0) return resolve(outcomes);
    if (signal.aborted) return cutShort();
    signal.addEventListener('abort', cutShort);
    const followers = next && new Set(next);
    for (let index = 0; index < records.length; index += 1) if (followers?.has(index) !== true) begin(index);
  });
}

function outcomeOf(record: ConsumedRecord, read: ReadOrder, processing: Processing): Outcome {
  const outcome = messageOf(record, read);
  switch (processing.result) {
    case 'processed':
      return { ...outcome, result: 'processed' };
    case 'duplicate':
      return { ...outcome, result: 'duplicate', firstMessageId: processing.firstMessageId };
    case 'conflict':
      return { ...outcome, result: 'permanent', kind: failureKinds.conflictingId, reasons: [conflictReason] };
  }
}

function failedFor(record: ConsumedRecord, read: ReadOrder, error: unknown): Outcome {
  return { ...messageOf(record, read), result: 'transient', error };
}

function heldBackBy({ messageId }: Outcome, record: ConsumedRecord): Outcome {
  const error = new Error(`Message ${messageId}, before it in its group, was not processed.`);
  return { ...messageOf(record, readOrder(record.body)), result: 'held-back', error };
}

function messageOf(record: ConsumedRecord, { orderId, customerName }: ReadOrder) {
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

/** What process-orders gets from outside: handler.ts wires the real ones, tests give others. */
export interface Dependencies {
  readonly processOrder: ProcessOrder;
  /** Must agree with `ReportBatchItemFailures` of the event source mapping. */
  readonly partialBatchResponses: boolean;
  readonly logCustomerNames: boolean;
  /** Waits between the tries of a transient failure, in seconds. */
  readonly backoff: Backoff;
  /** Called for the first failure only. */
  readonly loadChangeVisibilityBatch: () => Promise<ChangeVisibilityBatch>;
  readonly publishMetrics: PublishMetrics;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  readonly startDeadline: (milliseconds: number) => Deadline;
}

/**
 * With partial batch responses, records are processed side by side, those of a FIFO group in turn; those that failed
 * are named, and come back when `decide` says. Without, they are processed one after the other, and the first that
 * fails brings back the whole batch.
 */
export function createHandler(
  dependencies: Dependencies,
): (event: SQSEvent, context: InvocationContext) => Promise<SQSBatchResponse> {
  const { processOrder, logCustomerNames, backoff, random, startDeadline } = dependencies;
  return async ({ Records: records }, context) => {
    const { processingMs, reportingMs } = timeBudget(context);
    using deadline = startDeadline(processingMs);
    const ended: MetricName[] = [];
    const process = (received: readonly ConsumedRecord[]) =>
      outcomesOf(received, processOrder, deadline.signal, (outcome) => {
        logOutcome(outcome, logCustomerNames);
        ended.push(metricOf(outcome));
      });
    try {
      if (!dependencies.partialBatchResponses) {
        await processWholeBatch(records, process);
        return { batchItemFailures: [] };
      }
      const { batchItemFailures, visibilityChanges } = decide(await process(records), backoff, random);
      if (visibilityChanges.length > 0) {
        using reporting = startDeadline(reportingMs);
        await changeOrWarn(visibilityChanges, dependencies.loadChangeVisibilityBatch, reporting.signal);
      }
      return { batchItemFailures };
    } finally {
      dependencies.publishMetrics(tally(ended));
    }
  };
}

/** A message that comes again after it wrote its order is no duplicate of another. */
function metricOf(outcome: Outcome): MetricName {
  const wroteIt = outcome.result === 'duplicate' && outcome.firstMessageId === outcome.messageId;
  return metricOfResult[wroteIt ? 'processed' : outcome.result];
}

const metricOfResult: Readonly<Record<Outcome['result'], MetricName>> = {
  processed: metricNames.ordersProcessed,
  duplicate: metricNames.duplicateOrders,
  permanent: metricNames.badOrders,
  transient: metricNames.ordersNotProcessed,
  'held-back': metricNames.ordersNotProcessed,
};

/**
 * For each record of a FIFO queue the position of the one that comes after it in its group, if there is one; undefined
 * for a standard queue. A record of that can have a group as well (fair queues), which orders nothing; a sequence
 * number has none (SQS API Reference, ReceiveMessage).
 */
function nextOfGroup(records: readonly ConsumedRecord[]): readonly (number | undefined)[] | undefined {
  if (records[0]?.attributes.SequenceNumber === undefined) return undefined;
  const next: (number | undefined)[] = records.map(() => undefined);
  const last = new Map<string | undefined, number>();
  for (const [index, { attributes }] of records.entries()) {
    const before = last.get(attributes.MessageGroupId);
    if (before !== undefined) next[before] = index;
    last.set(attributes.MessageGroupId, index);
  }
  return next;
}

/**
 * Without partial batch responses: throws at the first order that fails, as the lecture demo does. Lambda then keeps
 * the whole batch: the orders before it were processed and come back all the same, those after it were never seen.
 */
async function processWholeBatch(
  records: readonly ConsumedRecord[],
  process: (records: readonly ConsumedRecord[]) => Promise<readonly Outcome[]>,
): Promise<void> {
  for (const record of records) {
    for (const outcome of await process([record])) {
      if (outcome.result === 'permanent' || outcome.result === 'transient') {
        throw new BatchFailedError(outcome, records.length);
      }
    }
  }
}

/** Fails a whole batch because of one order; the message names it and says why. */
class BatchFailedError extends Error {
  override readonly name = 'BatchFailedError';

  constructor(outcome: Extract<Outcome, { result: 'permanent' | 'transient' }>, batchSize: number) {
    const order = outcome.orderId === null ? 'without an id' : outcome.orderId;
    const why = outcome.result === 'permanent' ? outcome.reasons.join(', ') : String(outcome.error);
    super(`Order ${order} (message ${outcome.messageId}) fails its batch of ${batchSize}: ${why}`, {
      ...(outcome.result === 'transient' && { cause: outcome.error }),
    });
  }
}
