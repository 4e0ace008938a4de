import { environmentNames, requireBoolean, requireSeconds, requireText } from '../../shared/environment.ts';
import { createHandler } from './create-handler.ts';
import { logGoodOrder } from './log-outcome.ts';

const queueUrl = requireText(process.env, environmentNames.ordersQueueUrl);
const logCustomerNames = requireBoolean(process.env, environmentNames.logCustomerNames);

/** Processes orders: the orders queue's consumer. */
export const handler = createHandler({
  processOrder: logGoodOrder(logCustomerNames),
  logCustomerNames,
  partialBatchResponses: requireBoolean(process.env, environmentNames.partialBatchResponses),
  backoff: {
    base: requireSeconds(process.env, environmentNames.retryBaseSeconds),
    cap: requireSeconds(process.env, environmentNames.retryCapSeconds),
  },
  loadChangeVisibilityBatch: async () => (await import('./sqs-visibility.ts')).sqsChangeVisibilityBatch(queueUrl),
  random: Math.random,
});
