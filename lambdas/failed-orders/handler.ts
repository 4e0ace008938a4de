import { randomUUID } from 'node:crypto';
import '../common/map-stack-traces.ts';
import { environmentNames, requireBoolean, requireSeconds, requireText } from '../../shared/pipeline.ts';
import { lazySqsVisibility } from '../common/message-visibility.ts';
import { publishMetricsOnLambda } from '../common/metrics.ts';
import { createDynamoDbClient, dynamoDbOrdersTable } from '../common/orders-table.ts';
import { startDeadline } from '../common/time.ts';
import { createHandler } from './record-batch.ts';
import { recordFailureIn } from './record-failure.ts';

const table = dynamoDbOrdersTable(requireText(process.env, environmentNames.ordersTableName), createDynamoDbClient());

/** Writes down what became of each failed order: the consumer of bad-orders. */
export const handler = createHandler({
  recordFailure: recordFailureIn(table, Date.now, randomUUID),
  logCustomerNames: requireBoolean(process.env, environmentNames.logCustomerNames),
  backoff: {
    base: requireSeconds(process.env, environmentNames.retryBaseSeconds),
    cap: requireSeconds(process.env, environmentNames.retryCapSeconds),
  },
  loadChangeVisibilityBatch: lazySqsVisibility(requireText(process.env, environmentNames.badOrdersQueueUrl)),
  publishMetrics: publishMetricsOnLambda(),
  random: Math.random,
  startDeadline,
});
