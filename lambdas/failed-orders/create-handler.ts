import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { describeError } from '../../shared/describe-error.ts';
import { logMessages } from '../../shared/log-messages.ts';
import { type Failure, failureOf } from './failure.ts';

export interface Dependencies {
  /** Keeps a failure. The message is deleted once it resolves, and stays in bad-orders when it rejects. */
  readonly recordFailure: (failure: Failure) => void | Promise<void>;
}

/**
 * Every record is handled on its own; what could not be recorded is reported, because Lambda deletes the message of
 * whatever is not reported, and with it the last trace of the order.
 */
export function createHandler({ recordFailure }: Dependencies): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async ({ Records: records }) => {
    const failedIds = await Promise.all(
      records.map(async (record) => {
        try {
          await recordFailure(failureOf(record));
          return [];
        } catch (error) {
          const { messageId } = record;
          console.error({ message: logMessages.failureNotRecorded, messageId, error: describeError(error) });
          return [messageId];
        }
      }),
    );
    return { batchItemFailures: failedIds.flat().map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
