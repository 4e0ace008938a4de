import { describeError } from '../../shared/describe-error.ts';
import { logMessages } from '../../shared/log-messages.ts';
import type { Outcome, ProcessOrder, Received } from './outcome.ts';

/** In this release, processing an order is logging it. */
export function logGoodOrder(logCustomerNames: boolean): ProcessOrder {
  return (_order, received) => {
    console.info({ message: logMessages.goodOrder, ...identify(received, logCustomerNames) });
  };
}

/** One line for each record that was not processed. */
export function logFailure(outcome: Outcome, logCustomerNames: boolean): void {
  const identity = identify(outcome, logCustomerNames);
  switch (outcome.result) {
    case 'processed':
      return;
    case 'permanent':
      console.warn({ message: logMessages.badOrder, ...identity, kind: outcome.kind, reasons: outcome.reasons });
      return;
    case 'transient':
      console.error({ message: logMessages.orderNotProcessed, ...identity, error: describeError(outcome.error) });
  }
}

/** Customers' names are personal data: they are logged only where the configuration says so. */
function identify({ orderId, messageId, receiveCount, customerName }: Received, logCustomerNames: boolean) {
  return { orderId, messageId, receiveCount, ...(logCustomerNames && { customerName }) };
}
