import { consumerOnLambda } from '../../../lambdas/common/consumer.ts';
import { createHandler } from '../../../lambdas/process-orders/process-batch.ts';
import { environmentNames, requireBoolean, requireCount, requireText } from '../../../shared/pipeline.ts';

/** process-orders, except that a good order is not written. */
export const handler = createHandler({
  ...consumerOnLambda(requireText(process.env, environmentNames.ordersQueueUrl)),
  processOrder: () => Promise.resolve({ result: 'processed' }),
  partialBatchResponses: requireBoolean(process.env, environmentNames.partialBatchResponses),
  maxReceiveCount: requireCount(process.env, environmentNames.maxReceiveCount),
});
