import { setTimeout as sleep } from 'node:timers/promises';
import '../common/map-stack-traces.ts';
import { environmentNames, requireText } from '../../shared/pipeline.ts';
import { publishMetricsOnLambda } from '../common/metrics.ts';
import { startDeadline } from '../common/time.ts';
import { createHandler } from './generate.ts';
import { sqsSendMessageBatch } from '../common/send.ts';

/**
 * generate-orders fills the orders queue. It reads what the event asks for (request.ts), makes the orders of a seed one
 * by one (orders.ts), sends them in batches (send.ts), stops before its timeout and answers what is queued and what is
 * not (generate.ts).
 */
export const handler = createHandler({
  sendMessageBatch: sqsSendMessageBatch(requireText(process.env, environmentNames.ordersQueueUrl)),
  sleep: (milliseconds) => sleep(milliseconds),
  random: Math.random,
  publishMetrics: publishMetricsOnLambda(),
  startDeadline,
});
