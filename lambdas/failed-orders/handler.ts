import { randomUUID } from 'node:crypto';
import '../common/map-stack-traces.ts';
import { environmentNames, requireText } from '../../shared/pipeline.ts';
import { consumerOnLambda } from '../common/consumer.ts';
import { createDynamoDbClient, tableClient } from '../common/table-client.ts';
import { createHandler, type Dependencies } from './record-batch.ts';
import { recordFailureIn } from './record-failure.ts';

const table = tableClient(requireText(process.env, environmentNames.ordersTableName), createDynamoDbClient());

/** What the code needs from outside. handler-with-events.ts adds the events. */
export const dependencies: Dependencies = {
  ...consumerOnLambda(requireText(process.env, environmentNames.badOrdersQueueUrl)),
  recordFailure: recordFailureIn(table, Date.now, randomUUID),
};

/**
 * failed-orders, the consumer of bad-orders. Each message is handled on its own (record-batch.ts): its failure is
 * written into the ledger (record-failure.ts), logged and counted. A message whose failure cannot be written down comes
 * back later. A valid order that was processed after all is no failure.
 */
export const handler = createHandler(dependencies);
