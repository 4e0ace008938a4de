import { describeError } from '../../shared/describe-error.ts';
import { logMessages } from '../../shared/log-messages.ts';
import type { Outcome, Received } from './outcome.ts';

/** One line for each record. */
export function logOutcome(outcome: Outcome, logCustomerNames: boolean): void {
  const identity = identify(outcome, logCustomerNames);
  switch (outcome.result) {
    case 'processed':
      console.info({ message: logMessages.goodOrder, ...identity });
      return;
    case 'duplicate':
      console.info({ message: logMessages.duplicateOrder, ...identity, firstMessageId: outcome.firstMessageId });
      return;
    case 'permanent':
      console.warn({ message: logMessages.badOrder, ...identity, kind: outcome.kind, reasons: outcome.reasons });
      return;
    case 'transient':
    case 'held-back':
      console.error({ message: logMessages.orderNotProcessed, ...identity, error: describeError(outcome.error) });
  }
}

/** Customers' names are personal data: they are logged only where the configuration says so. */
function identify(received: Received, logCustomerNames: boolean) {
  const { orderId, messageId, receiveCount, traceId, customerName } = received;
  return {
    orderId,
    messageId,
    receiveCount,
    ...(traceId !== null && { traceId }),
    ...(logCustomerNames && { customerName }),
  };
}
