import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { ConsumedRecord } from '../../shared/consumed-record.ts';
import type { Backoff } from '../../shared/backoff.ts';
import { type MetricName, metricNames } from '../../shared/metrics.ts';
import { changeOrWarn, type ChangeVisibilityBatch } from '../message-visibility/change-visibility.ts';
import type { Deadline } from '../deadline.ts';
import type { PublishMetrics } from '../metrics/publish-metrics.ts';
import { tally } from '../metrics/tally.ts';
import { type InvocationContext, timeBudget } from '../time-budget.ts';
import { decide } from './decide.ts';
import { logOutcome } from './log-outcome.ts';
import type { Outcome, ProcessOrder } from './outcome.ts';
import { outcomesOf } from './outcomes-of.ts';
import { processWholeBatch } from './whole-batch.ts';

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
