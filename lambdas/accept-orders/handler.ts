import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import '../common/map-stack-traces.ts';
import { environmentNames, requireText } from '../../shared/pipeline.ts';
import { publishMetricsOnLambda } from '../common/metrics.ts';
import { sqsSendMessageBatch } from '../common/send.ts';
import { startDeadline } from '../common/time.ts';
import { createHandler } from './accept.ts';

/**
 * accept-orders takes orders that come by HTTP into the orders queue. It reads the request (read-request.ts), holds each
 * order against the schema and gives it an id (prepare-order.ts), sends what is an order (common/send.ts), and answers
 * what became of each (accept.ts). It sees neither the table nor what is in the queue.
 */
export const handler = createHandler({
  sendMessageBatch: sqsSendMessageBatch(requireText(process.env, environmentNames.ordersQueueUrl)),
  sleep: (milliseconds) => sleep(milliseconds),
  random: Math.random,
  newId: randomUUID,
  publishMetrics: publishMetricsOnLambda(),
  startDeadline,
});
