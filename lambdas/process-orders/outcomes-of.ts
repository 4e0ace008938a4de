import { type ConsumedRecord, receiveCountOf, traceIdOf } from '../../shared/consumed-record.ts';
import { conflictReason, failureKinds } from '../../shared/log-messages.ts';
import { type ReadOrder, readOrder } from '../../shared/read-order.ts';
import { nextOfGroup } from './next-of-group.ts';
import type { Outcome, Processing, ProcessOrder } from './outcome.ts';

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
        return end(index, { ...received(record, read), result: 'permanent', kind: read.kind, reasons: read.reasons });
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
  const outcome = received(record, read);
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
  return { ...received(record, read), result: 'transient', error };
}

function heldBackBy({ messageId }: Outcome, record: ConsumedRecord): Outcome {
  const error = new Error(`Message ${messageId}, before it in its group, was not processed.`);
  return { ...received(record, readOrder(record.body)), result: 'held-back', error };
}

function received(record: ConsumedRecord, { orderId, customerName }: ReadOrder) {
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
