import { setTimeout as sleep } from 'node:timers/promises';
import '../map-stack-traces.ts';
import { environmentNames, requireText } from '../../shared/environment.ts';
import { publishMetricsOnLambda } from '../metrics/publish-metrics.ts';
import { startDeadline } from '../deadline.ts';
import { createHandler } from './create-handler.ts';
import { sqsSendMessageBatch } from './sqs-send.ts';

/** Fills the orders queue. */
export const handler = createHandler({
  sendMessageBatch: sqsSendMessageBatch(requireText(process.env, environmentNames.ordersQueueUrl)),
  sleep: (milliseconds) => sleep(milliseconds),
  random: Math.random,
  publishMetrics: publishMetricsOnLambda(),
  startDeadline,
});
