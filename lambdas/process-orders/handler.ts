import { randomUUID } from 'node:crypto';
import '../common/map-stack-traces.ts';
import { environmentNames, requireBoolean, requireCount, requireText } from '../../shared/pipeline.ts';
import { consumerOnLambda } from '../common/consumer.ts';
import { createDynamoDbClient, tableClient } from '../common/table-client.ts';
import { createHandler, type Dependencies } from './process-batch.ts';
import { processOrderIn } from './process-order.ts';
import { processing } from './process.ts';

const table = tableClient(
  requireText(process.env, environmentNames.ordersTableName),
  // Made while the function starts, when it has the most CPU: every order needs it.
  createDynamoDbClient(),
);

/** What the code needs from outside. handler-with-events.ts adds the events. */
export const dependencies: Dependencies = {
  ...consumerOnLambda(requireText(process.env, environmentNames.ordersQueueUrl)),
  processOrder: processOrderIn(table, processing, { now: Date.now, newToken: randomUUID }),
  partialBatchResponses: requireBoolean(process.env, environmentNames.partialBatchResponses),
  maxReceiveCount: requireCount(process.env, environmentNames.maxReceiveCount),
};

/**
 * process-orders, the consumer of the orders queue. What happens to a batch:
 *
 * 1. Each body is read as an order (shared/order/read-order.ts). A body that is none is a permanent failure.
 * 2. Each order is processed (process.ts) and then written into the orders table, once (process-order.ts): side by side,
 *    in a FIFO group in turn. What cannot be done now is a transient failure, of this order alone (`processBatch` in
 *    process-batch.ts).
 * 3. Each outcome is logged and counted as soon as it is known (outcome.ts).
 * 4. The answer names the failed messages. Lambda deletes all others. A permanent failure is received again at once, on
 *    its way to bad-orders; a transient one later (`decide` in outcome.ts).
 *
 * The batch ends before the function's timeout, which would fail good and bad orders together (`timeBudget`).
 */
export const handler = createHandler(dependencies);
