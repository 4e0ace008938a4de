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
  /** A signal that aborts in so many milliseconds. */
  readonly abortAfter: (milliseconds: number) => AbortSignal;
}

export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

export function createHandler(
  dependencies: Dependencies,
): (event: SQSEvent, context: InvocationContext) => Promise<SQSBatchResponse> {
  const { processOrder, logCustomerNames, backoff, random, abortAfter } = dependencies;
  return async ({ Records: records }, context) => {
    if (!dependencies.partialBatchResponses) {
      await processWholeBatch(records, processOrder, logCustomerNames);
      return { batchItemFailures: [] };
    }
    const { processingMs, reportingMs } = timeBudget(context.getRemainingTimeInMillis());
    const signal = abortAfter(processingMs);
    const outcomes = await Promise.all(records.map((record) => outcomeOf(record, processOrder, signal)));
    for (const outcome of outcomes) logFailure(outcome, logCustomerNames);
    const { batchItemFailures, visibilityChanges } = decide(outcomes, backoff, random);
    if (visibilityChanges.length > 0) {
      const changeBatch: ChangeVisibilityBatch = async (...request) =>
        (await dependencies.loadChangeVisibilityBatch())(...request);
      const unchanged = await changeVisibility(visibilityChanges, changeBatch, abortAfter(reportingMs));
      for (const failure of unchanged) console.warn({ message: logMessages.visibilityNotChanged, ...failure });
    }
    return { batchItemFailures };
  };
}

/** Keeps time to report failures when processing has to be cut short: a timeout would fail the whole batch. */
function timeBudget(remainingMs: number): { readonly processingMs: number; readonly reportingMs: number } {
  const reservedMs = Math.min(2_000, remainingMs / 4);
  return { processingMs: Math.floor(remainingMs - reservedMs), reportingMs: Math.floor(reservedMs / 2) };
}
