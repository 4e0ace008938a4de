import { environmentNames, requireBoolean } from '../../shared/environment.ts';
import { createHandler } from './create-handler.ts';
import { logFailedOrder } from './log-failed-order.ts';

/** Says what became of each failed order: the consumer of bad-orders. */
export const handler = createHandler({
  recordFailure: logFailedOrder(requireBoolean(process.env, environmentNames.logCustomerNames)),
});
