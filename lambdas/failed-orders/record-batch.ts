import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type ConsumedRecord, type Message, messageOf } from '../../shared/ledger/message.ts';
import { fullJitter } from '../../shared/sending.ts';
import {
  describeError,
  failureMetricNames,
  logMessages,
  type MetricName,
  metricNames,
} from '../../shared/telemetry.ts';
import { type ConsumerDependencies, logIdentity } from '../common/consumer.ts';
import { changeVisibility } from '../common/message-visibility.ts';
import { tally } from '../common/metrics.ts';
import { type InvocationContext, timeBudget } from '../common/time.ts';
import { type Recorded, type RecordFailure, Unfinished } from './record-failure.ts';

/** What failed-orders gets from outside: handler.ts wires the real ones, tests give others. */
export interface Dependencies extends ConsumerDependencies {
  readonly recordFailure: RecordFailure;
}

/**
 * Every record is handled on its own. A record whose failure could not be written down is reported: Lambda deletes every
 * message that is not reported, and with it the last trace of its order. The reported message comes back later and
 * later, so that a table that is down for long does not use up the receives after which a message is parked.
 */
export function createHandler(
  dependencies: Dependencies,
): (event: SQSEvent, context: InvocationContext) => Promise<SQSBatchResponse> {
  const { recordFailure, logCustomerNames, backoff, random, startDeadline } = dependencies;

  /** What was recorded; and the message, if its failure could not be recorded, or not wholly. */
  async function handle(record: ConsumedRecord, signal: AbortSignal): Promise<Handled> {
    const message = messageOf(record);
    try {
      const recorded = await recordFailure(message, signal);
      logRecorded(recorded, message, logCustomerNames);
      return { recorded };
    } catch (error) {
      const recorded = error instanceof Unfinished ? error.recorded : undefined;
      if (recorded !== undefined) logRecorded(recorded, message, logCustomerNames);
      const { messageId, receiveCount, traceId } = message;
      console.error({
        message: logMessages.failureNotRecorded,
        messageId,
        receiveCount,
        ...(traceId !== null && { traceId }),
        error: describeError(error),
      });
      return { recorded, unrecorded: message };
    }
  }

  return async ({ Records: records }, context) => {
    const { processingMs, reportingMs } = timeBudget(context);
    using deadline = startDeadline(processingMs);
    const handled = await Promise.all(records.map((record) => handle(record, deadline.signal)));
    dependencies.publishMetrics(tally(handled.flatMap(metricsOf)));
    const unrecorded = handled.flatMap(({ unrecorded: message }) => message ?? []);
    const changes = unrecorded.map(({ messageId, receiptHandle, receiveCount }) => ({
      messageId,
      receiptHandle,
      visibilityTimeoutSeconds: Math.round(fullJitter(receiveCount, backoff, random)),
    }));
    if (changes.length > 0) {
      using reporting = startDeadline(reportingMs);
      await changeVisibility(changes, dependencies.loadChangeVisibilityBatch, reporting.signal);
    }
    return { batchItemFailures: unrecorded.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

interface Handled {
  readonly recorded?: Recorded | undefined;
  readonly unrecorded?: Message;
}

function metricsOf({ recorded, unrecorded }: Handled): readonly MetricName[] {
  return [
    ...(recorded?.result === 'failed' ? [metricNames.failuresRecorded, failureMetricNames[recorded.kind]] : []),
    ...(unrecorded === undefined ? [] : [metricNames.failuresNotRecorded]),
  ];
}

/**
 * One line for each message. The body is left out: it is personal data, and more people read logs than tables. The
 * customer's name is logged only where the configuration says so.
 */
function logRecorded(recorded: Recorded, message: Message, logCustomerNames: boolean): void {
  const { orderId, customerName } = recorded;
  const identity = logIdentity({ ...message, orderId, customerName }, logCustomerNames);
  if (recorded.result === 'already-processed') {
    console.info({ message: logMessages.alreadyProcessed, ...identity, firstMessageId: recorded.firstMessageId });
    return;
  }
  const { kind, reasons, cause } = recorded;
  const sourceQueue = message.sourceQueueArn?.split(':').at(-1) ?? null;
  const line = { ...identity, kind, reasons, cause, sourceQueue };
  if (recorded.result === 'failed') console.error({ message: logMessages.failedOrder, ...line });
  else console.info({ message: logMessages.failureAlreadyRecorded, ...line });
}
