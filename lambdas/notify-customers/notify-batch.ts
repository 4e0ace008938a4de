import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type ConsumedRecord, receiveCountOf } from '../../shared/ledger/message.ts';
import { readOrderEvent } from '../../shared/order-event.ts';
import { fullJitter } from '../../shared/sending.ts';
import { describeError, logMessages, type MetricName, metricNames } from '../../shared/telemetry.ts';
import type { ConsumerDependencies } from '../common/consumer.ts';
import { changeVisibility } from '../common/message-visibility.ts';
import { tally } from '../common/metrics.ts';
import { type InvocationContext, timeBudget } from '../common/time.ts';
import type { Notified, NotifyCustomer } from './notify-customer.ts';

/** What notify-customers gets from outside: handler.ts wires the real ones, tests give others. */
export interface Dependencies extends Omit<ConsumerDependencies, 'logCustomerNames'> {
  readonly notifyCustomer: NotifyCustomer;
}

/** A message that is no event of a processed order. Its queue gets no others, so somebody has to look at it. */
class NoEvent extends Error {
  override readonly name = 'NoEvent';

  constructor() {
    super('The message is no event of a processed order that this release knows.');
  }
}

/**
 * Every notification is handled on its own. One that was not sent for a passing reason is reported, and comes back later
 * and later. Addresses and names are in no log.
 */
export function createHandler(
  dependencies: Dependencies,
): (event: SQSEvent, context: InvocationContext) => Promise<SQSBatchResponse> {
  const { notifyCustomer, backoff, random, startDeadline } = dependencies;

  return async ({ Records: records }, context) => {
    const { processingMs, reportingMs } = timeBudget(context);
    using deadline = startDeadline(processingMs);
    const time = { signal: deadline.signal, remainingMs: () => Math.max(0, context.getRemainingTimeInMillis()) };

    const handled = await Promise.all(
      records.map(async (record): Promise<Handled> => {
        const event = readOrderEvent(record.body);
        const about = {
          orderKey: event?.orderKey ?? null,
          messageId: record.messageId,
          receiveCount: receiveCountOf(record),
        };
        try {
          if (event?.type !== 'order.processed') throw new NoEvent();
          const notified = await notifyCustomer(event, time);
          logNotified(notified, about);
          return { metrics: metricsOf(notified) };
        } catch (error) {
          console.error({ message: logMessages.mailNotSent, ...about, error: describeError(error) });
          return { metrics: [metricNames.mailsNotSent], again: record };
        }
      }),
    );

    dependencies.publishMetrics(tally(handled.flatMap(({ metrics }) => metrics)));
    const again = handled.flatMap(({ again: record }) => record ?? []);
    const changes = again.map((record) => ({
      messageId: record.messageId,
      receiptHandle: record.receiptHandle,
      visibilityTimeoutSeconds: Math.round(fullJitter(receiveCountOf(record), backoff, random)),
    }));
    if (changes.length > 0) {
      using reporting = startDeadline(reportingMs);
      await changeVisibility(changes, dependencies.loadChangeVisibilityBatch, reporting.signal);
    }
    return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

interface Handled {
  readonly metrics: readonly MetricName[];
  /** The record, if its message has to come again. */
  readonly again?: ConsumedRecord;
}

function metricsOf(notified: Notified): readonly MetricName[] {
  if (notified.result !== 'sent' && notified.result !== 'refused') return [];
  return [
    notified.result === 'sent' ? metricNames.mailsSent : metricNames.mailsRefused,
    ...(notified.tries > 1 ? [metricNames.mailsAskedAgain] : []),
  ];
}

function logNotified(notified: Notified, about: object): void {
  switch (notified.result) {
    case 'sent': {
      const { mailMessageId, tries } = notified;
      console.info({ message: logMessages.mailSent, ...about, mailMessageId, tries });
      return;
    }
    case 'sent-before':
      console.info({ message: logMessages.mailSentBefore, ...about });
      return;
    case 'no-address':
      console.info({ message: logMessages.noAddress, ...about });
      return;
    case 'refused':
      console.error({ message: logMessages.mailRefused, ...about, error: notified.code });
  }
}
