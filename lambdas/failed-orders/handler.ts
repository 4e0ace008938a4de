import { randomUUID } from 'node:crypto';
import '../map-stack-traces.ts';
import { environmentNames, requireBoolean, requireSeconds, requireText } from '../../shared/environment.ts';
import { lazySqsVisibility } from '../message-visibility/lazy-sqs-visibility.ts';
import { publishMetricsOnLambda } from '../metrics/publish-metrics.ts';
import { createDynamoDbClient, dynamoDbOrdersTable } from '../orders-table/dynamodb-orders-table.ts';
import { startDeadline } from '../deadline.ts';
import { createHandler } from './create-handler.ts';
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
