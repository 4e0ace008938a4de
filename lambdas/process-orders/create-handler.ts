import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Backoff } from '../../shared/full-jitter.ts';
import { logMessages } from '../../shared/log-messages.ts';
import { type ChangeVisibilityBatch, changeVisibility } from './change-visibility.ts';
import { decide } from './decide.ts';
import { logFailure } from './log-outcome.ts';
import { outcomeOf, type ProcessOrder } from './outcome.ts';
import { processWholeBatch } from './whole-batch.ts';

export interface Dependencies {
  readonly processOrder: ProcessOrder;
  /** Must agree with `ReportBatchItemFailures` of the event source mapping. */
  readonly partialBatchResponses: boolean;
  readonly logCustomerNames: boolean;
  /** Waits between the tries of a transient failure, in seconds. */
  readonly backoff: Backoff;
  /** Called for the first failure only: the SDK behind it is slow to load, and a good batch does not need it. */
  readonly loadChangeVisibilityBatch: () => Promise<ChangeVisibilityBatch>;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
}

export function createHandler(dependencies: Dependencies): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async ({ Records: records }) => {
    if (!dependencies.partialBatchResponses) {
      await processWholeBatch(records, dependencies.processOrder, dependencies.logCustomerNames);
      return { batchItemFailures: [] };
    }
    const outcomes = await Promise.all(records.map((record) => outcomeOf(record, dependencies.processOrder)));
    for (const outcome of outcomes) logFailure(outcome, dependencies.logCustomerNames);
    const { batchItemFailures, visibilityChanges } = decide(outcomes, dependencies.backoff, dependencies.random);
    if (visibilityChanges.length > 0) {
      const unchanged = await changeVisibility(visibilityChanges, async (entries) =>
        (await dependencies.loadChangeVisibilityBatch())(entries),
      );
      for (const failure of unchanged) console.warn({ message: logMessages.visibilityNotChanged, ...failure });
    }
    return { batchItemFailures };
  };
}
