import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type ConsumedRecord, type Message, messageOf } from '../../shared/consumed-record.ts';
import { describeError } from '../../shared/describe-error.ts';
import { type Backoff, fullJitter } from '../../shared/full-jitter.ts';
import { logMessages } from '../../shared/log-messages.ts';
import { type ChangeVisibilityBatch, changeOrWarn } from '../message-visibility/change-visibility.ts';
import { type InvocationContext, timeBudget } from '../time-budget.ts';
import { logRecorded } from './log-recorded.ts';
import type { RecordFailure } from './record-failure.ts';

export interface Dependencies {
  readonly recordFailure: RecordFailure;
  readonly logCustomerNames: boolean;
  /** Waits between the tries to record a failure, in seconds. */
  readonly backoff: Backoff;
  /** Called for the first failure to record only. */
  readonly loadChangeVisibilityBatch: () => Promise<ChangeVisibilityBatch>;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  /** A signal that aborts in so many milliseconds. */
  readonly abortAfter: (milliseconds: number) => AbortSignal;
}

/**
 * Every record is handled on its own; what could not be recorded is reported, because Lambda deletes the message of
 * whatever is not reported, and with it the last trace of the order. It comes back later and later, so that a table
 * that is down for long does not use up the receives after which a message is parked.
 */
export function createHandler(
  dependencies: Dependencies,
): (event: SQSEvent, context: InvocationContext) => Promise<SQSBatchResponse> {
  const { recordFailure, logCustomerNames, backoff, random, abortAfter } = dependencies;

  /** The message, if its failure could not be recorded. */
  async function handle(record: ConsumedRecord, signal: AbortSignal): Promise<readonly Message[]> {
    const message = messageOf(record);
    try {
      logRecorded(await recordFailure(message, signal), message, logCustomerNames);
      return [];
    } catch (error) {
      const { messageId, receiveCount } = message;
      console.error({ message: logMessages.failureNotRecorded, messageId, receiveCount, error: describeError(error) });
      return [message];
    }
  }

  return async ({ Records: records }, context) => {
    const { processingMs, reportingMs } = timeBudget(context);
    const signal = abortAfter(processingMs);
    const unrecorded = (await Promise.all(records.map((record) => handle(record, signal)))).flat();
    const changes = unrecorded.map(({ messageId, receiptHandle, receiveCount }) => ({
      messageId,
      receiptHandle,
      visibilityTimeoutSeconds: Math.round(fullJitter(receiveCount, backoff, random)),
    }));
    if (changes.length > 0) {
      await changeOrWarn(changes, dependencies.loadChangeVisibilityBatch, abortAfter(reportingMs));
    }
    return { batchItemFailures: unrecorded.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}
