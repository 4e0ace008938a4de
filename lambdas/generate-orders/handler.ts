import { setTimeout as sleep } from 'node:timers/promises';
import '../common/map-stack-traces.ts';
import { environmentNames, requireText } from '../../shared/pipeline.ts';
import { publishMetricsOnLambda } from '../common/metrics.ts';
import { startDeadline } from '../common/time.ts';
import { createHandler } from './generate.ts';
import { sqsSendMessageBatch } from './send.ts';

/** Fills the orders queue. */
export const handler = createHandler({
  sendMessageBatch: sqsSendMessageBatch(requireText(process.env, environmentNames.ordersQueueUrl)),
  sleep: (milliseconds) => sleep(milliseconds),
  random: Math.random,
  publishMetrics: publishMetricsOnLambda(),
  startDeadline,
});
