import { logMessages } from '../../shared/log-messages.ts';
import type { Failure } from './failure.ts';

/**
 * In this release, recording a failure is logging it. The body is left out: it is personal data, and logs are read
 * by more people than queues are. The customer's name is logged only where the configuration says so.
 */
export function logFailedOrder(logCustomerNames: boolean): (failure: Failure) => void {
  return ({ customerName, ...failure }) => {
    console.error({ message: logMessages.failedOrder, ...failure, ...(logCustomerNames && { customerName }) });
  };
}
