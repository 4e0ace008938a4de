import '../common/map-stack-traces.ts';
import { environmentNames, requireBoolean, requireSeconds, requireText } from '../../shared/pipeline.ts';
import { lazySqsVisibility } from '../common/message-visibility.ts';
import { publishMetricsOnLambda } from '../common/metrics.ts';
import { createDynamoDbClient, dynamoDbOrdersTable } from '../common/orders-table.ts';
import { startDeadline } from '../common/time.ts';
import { createHandler } from './process-batch.ts';
import { writeOrder } from './write-order.ts';

const table = dynamoDbOrdersTable(
  requireText(process.env, environmentNames.ordersTableName),
  // Made while the function starts, when it has the most CPU: every order needs it.
  createDynamoDbClient(),
);

/** Processes orders: the orders queue's consumer. */
export const handler = createHandler({
  processOrder: writeOrder(table, Date.now),
  partialBatchResponses: requireBoolean(process.env, environmentNames.partialBatchResponses),
  logCustomerNames: requireBoolean(process.env, environmentNames.logCustomerNames),
  backoff: {
    base: requireSeconds(process.env, environmentNames.retryBaseSeconds),
    cap: requireSeconds(process.env, environmentNames.retryCapSeconds),
  },
  loadChangeVisibilityBatch: lazySqsVisibility(requireText(process.env, environmentNames.ordersQueueUrl)),
  publishMetrics: publishMetricsOnLambda(),
  random: Math.random,
  startDeadline,
});
