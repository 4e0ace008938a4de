import { environmentNames, requireBoolean, requireSeconds, requireText } from '../../shared/environment.ts';
import type { ChangeVisibilityBatch } from './change-visibility.ts';
import { createHandler } from './create-handler.ts';
import { logGoodOrder } from './log-outcome.ts';

const queueUrl = requireText(process.env, environmentNames.ordersQueueUrl);
const logCustomerNames = requireBoolean(process.env, environmentNames.logCustomerNames);

let changeVisibilityBatch: Promise<ChangeVisibilityBatch> | undefined;

/** Processes orders: the orders queue's consumer. */
export const handler = createHandler({
  processOrder: logGoodOrder(logCustomerNames),
  partialBatchResponses: requireBoolean(process.env, environmentNames.partialBatchResponses),
  logCustomerNames,
  backoff: {
    base: requireSeconds(process.env, environmentNames.retryBaseSeconds),
    cap: requireSeconds(process.env, environmentNames.retryCapSeconds),
  },
  loadChangeVisibilityBatch: () =>
    (changeVisibilityBatch ??= import('./sqs-visibility.ts').then((sqs) => sqs.sqsChangeVisibilityBatch(queueUrl))),
  random: Math.random,
  abortAfter: (milliseconds) => AbortSignal.timeout(milliseconds),
});
