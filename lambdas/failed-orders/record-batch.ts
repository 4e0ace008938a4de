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
import type { PublishEvents } from '../common/events.ts';
import { changeVisibility } from '../common/message-visibility.ts';
import { tally } from '../common/metrics.ts';
import { type InvocationContext, timeBudget } from '../common/time.ts';
import { type Recorded, type RecordFailure, Unfinished } from './record-failure.ts';

/** What failed-orders gets from outside: handler.ts wires the real ones, tests give others. */
export interface Dependencies extends ConsumerDependencies {
  readonly recordFailure: RecordFailure;
  /** Tells the world of what is written down. Default: nobody is told. */
  readonly publishEvents?: PublishEvents;
}

/**
 * Every record is handled on its own. A record whose failure could not be written down is reported: Lambda deletes every
 * message that is not reported, and with it the last trace of its order. The reported message comes back later and
 * later, so that a table that is down for long does not use up the receives after which a message is parked. A record
 * whose event could not be published is reported as well.
 */
export function createHandler(
  dependencies: Dependencies,
): (event: SQSEvent, context: InvocationContext) => Promise<SQSBatchResponse> {
  const { recordFailure, publishEvents, logCustomerNames, backoff, random, startDeadline } = dependencies;

  /** What was recorded; and the message, if its failure could not be recorded, or not wholly. */
  async function handle(record: ConsumedRecord, signal: AbortSignal): Promise<Handled> {
    const message = messageOf(record);
    try {
      const recorded = await recordFailure(message, signal);
      logRecorded(recorded, message, logCustomerNames);
      return { message, recorded };
    } catch (error) {
      const recorded = error instanceof Unfinished ? error.recorded : undefined;
      if (recorded !== undefined) logRecorded(recorded, message, logCustomerNames);
      logTrouble(logMessages.failureNotRecorded, message, error);
      return { message, recorded, trouble: metricNames.failuresNotRecorded };
    }
  }

  return async ({ Records: records }, context) => {
    const { processingMs, publishingMs, reportingMs } = timeBudget(context, publishEvents !== undefined);
    using deadline = startDeadline(processingMs);
    let handled: readonly Handled[] = await Promise.all(records.map((record) => handle(record, deadline.signal)));
    if (publishEvents !== undefined) {
      using publishing = startDeadline(publishingMs);
      handled = await tell(handled, publishEvents, publishing.signal);
    }
    dependencies.publishMetrics(tally(handled.flatMap(metricsOf)));
    const unrecorded = handled.flatMap(({ message, trouble }) => (trouble === undefined ? [] : [message]));
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
  readonly message: Message;
  readonly recorded?: Recorded | undefined;
  /** Why the message has to come back, as a metric. */
  readonly trouble?: MetricName;
}

/** Publishes what the messages owe whose failure is recorded wholly. */
async function tell(
  handled: readonly Handled[],
  publish: PublishEvents,
  signal: AbortSignal,
): Promise<readonly Handled[]> {
  const owing = handled.filter(({ recorded, trouble }) => recorded?.owed !== undefined && trouble === undefined);
  if (owing.length === 0) return handled;
  const errors = await publish(
    owing.flatMap(({ recorded }) => recorded?.owed ?? []),
    signal,
  );
  const untold = new Map(owing.map((each, index) => [each, errors[index]]));
  return handled.map((each): Handled => {
    const error = untold.get(each);
    if (error === undefined) return each;
    logTrouble(logMessages.eventNotPublished, each.message, error);
    return { ...each, trouble: metricNames.eventsNotPublished };
  });
}

function metricsOf({ recorded, trouble }: Handled): readonly MetricName[] {
  return [
    ...(recorded?.result === 'failed' ? [metricNames.failuresRecorded, failureMetricNames[recorded.kind]] : []),
    ...(trouble === undefined ? [] : [trouble]),
  ];
}

function logTrouble(what: string, { messageId, receiveCount, traceId }: Message, error: unknown): void {
  const identity = { messageId, receiveCount, ...(traceId !== null && { traceId }) };
  console.error({ message: what, ...identity, error: describeError(error) });
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
