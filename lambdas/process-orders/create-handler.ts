import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Backoff } from '../../shared/full-jitter.ts';
import { type ChangeVisibilityBatch, changeOrWarn } from '../message-visibility/change-visibility.ts';
import { type InvocationContext, timeBudget } from '../time-budget.ts';
import { decide } from './decide.ts';
import { logOutcome } from './log-outcome.ts';
import type { ProcessOrder } from './outcome.ts';
import { outcomesOf } from './outcomes-of.ts';
import { processWholeBatch } from './whole-batch.ts';

export interface Dependencies {
  readonly processOrder: ProcessOrder;
  /** Must agree with `ReportBatchItemFailures` of the event source mapping. */
  readonly partialBatchResponses: boolean;
  readonly logCustomerNames: boolean;
  /** Waits between the tries of a transient failure, in seconds. */
  readonly backoff: Backoff;
  /** Called for the first failure only. */
  readonly loadChangeVisibilityBatch: () => Promise<ChangeVisibilityBatch>;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  /** A signal that aborts in so many milliseconds. */
  readonly abortAfter: (milliseconds: number) => AbortSignal;
}

export function createHandler(
  dependencies: Dependencies,
): (event: SQSEvent, context: InvocationContext) => Promise<SQSBatchResponse> {
  const { processOrder, logCustomerNames, backoff, random, abortAfter } = dependencies;
  return async ({ Records: records }, context) => {
    const { processingMs, reportingMs } = timeBudget(context);
    const signal = abortAfter(processingMs);
    if (!dependencies.partialBatchResponses) {
      await processWholeBatch(records, dependencies, signal);
      return { batchItemFailures: [] };
    }
    const outcomes = await outcomesOf(records, processOrder, signal, (outcome) => {
      logOutcome(outcome, logCustomerNames);
    });
    const { batchItemFailures, visibilityChanges } = decide(outcomes, backoff, random);
    if (visibilityChanges.length > 0) {
      await changeOrWarn(visibilityChanges, dependencies.loadChangeVisibilityBatch, abortAfter(reportingMs));
    }
    return { batchItemFailures };
  };
}
