import type { ConsumedRecord } from '../../shared/consumed-record.ts';
import type { Outcome } from './outcome.ts';

/**
 * Without partial batch responses: throws at the first order that fails, as the lecture demo does. Lambda then keeps
 * the whole batch: the orders before it were processed and come back all the same, those after it were never seen.
 */
export async function processWholeBatch(
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
export class BatchFailedError extends Error {
  override readonly name = 'BatchFailedError';

  constructor(outcome: Extract<Outcome, { result: 'permanent' | 'transient' }>, batchSize: number) {
    const order = outcome.orderId === null ? 'without an id' : outcome.orderId;
    const why = outcome.result === 'permanent' ? outcome.reasons.join(', ') : String(outcome.error);
    super(`Order ${order} (message ${outcome.messageId}) fails its batch of ${batchSize}: ${why}`, {
      ...(outcome.result === 'transient' && { cause: outcome.error }),
    });
  }
}
