import { environmentNames, requireBoolean, requireText } from '../../shared/environment.ts';
import { lazySqsVisibility } from '../../lambdas/message-visibility/lazy-sqs-visibility.ts';
import { publishMetricsOnLambda } from '../../lambdas/metrics/publish-metrics.ts';
import { startDeadline } from '../../lambdas/deadline.ts';
import { createHandler } from '../../lambdas/process-orders/create-handler.ts';

/** process-orders, except that a good order is not written. */
export const handler = createHandler({
  processOrder: () => Promise.resolve({ result: 'processed' }),
  partialBatchResponses: requireBoolean(process.env, environmentNames.partialBatchResponses),
  logCustomerNames: requireBoolean(process.env, environmentNames.logCustomerNames),
  backoff: { base: 1, cap: 1 },
  loadChangeVisibilityBatch: lazySqsVisibility(requireText(process.env, environmentNames.ordersQueueUrl)),
  publishMetrics: publishMetricsOnLambda(),
  random: Math.random,
  startDeadline,
});
