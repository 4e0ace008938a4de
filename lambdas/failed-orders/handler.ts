import { randomUUID } from 'node:crypto';
import '../common/map-stack-traces.ts';
import { environmentNames, requireText } from '../../shared/pipeline.ts';
import { consumerOnLambda } from '../common/consumer.ts';
import { createDynamoDbClient, tableClient } from '../common/table-client.ts';
import { createHandler } from './record-batch.ts';
import { recordFailureIn } from './record-failure.ts';

const table = tableClient(requireText(process.env, environmentNames.ordersTableName), createDynamoDbClient());

/**
 * failed-orders, the consumer of bad-orders. Each message is handled on its own (record-batch.ts): its failure is
 * written into the ledger (record-failure.ts), logged and counted. A message whose failure cannot be written down comes
 * back later. A valid order that was processed after all is no failure.
 */
export const handler = createHandler({
  ...consumerOnLambda(requireText(process.env, environmentNames.badOrdersQueueUrl)),
  recordFailure: recordFailureIn(table, Date.now, randomUUID),
});
