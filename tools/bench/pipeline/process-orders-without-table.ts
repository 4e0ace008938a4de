import { lazySqsVisibility } from '../../../lambdas/common/message-visibility.ts';
import { publishMetricsOnLambda } from '../../../lambdas/common/metrics.ts';
import { startDeadline } from '../../../lambdas/common/time.ts';
import { createHandler } from '../../../lambdas/process-orders/process-batch.ts';
import { environmentNames, requireBoolean, requireText } from '../../../shared/pipeline.ts';

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
