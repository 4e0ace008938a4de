import { randomUUID } from 'node:crypto';
import '../common/map-stack-traces.ts';
import { environmentNames, requireSeconds, requireText } from '../../shared/pipeline.ts';
import { lazySqsVisibility } from '../common/consumer.ts';
import { publishMetricsOnLambda } from '../common/metrics.ts';
import { createDynamoDbClient, tableClient } from '../common/table-client.ts';
import { startDeadline } from '../common/time.ts';
import { createHandler } from './notify-batch.ts';
import { notifyCustomerIn } from './notify-customer.ts';
import { createSesClient, sesSendMail } from './send-mail.ts';

const table = tableClient(requireText(process.env, environmentNames.ordersTableName), createDynamoDbClient());
const sendMail = sesSendMail(requireText(process.env, environmentNames.mailFrom), createSesClient());

/**
 * notify-customers, the consumer of the notifications queue: one mail for each processed order that has an address. What
 * becomes of a mail: notify-customer.ts. What becomes of a notification: notify-batch.ts.
 */
export const handler = createHandler({
  notifyCustomer: notifyCustomerIn(table, sendMail, { now: Date.now, newToken: randomUUID }),
  backoff: {
    base: requireSeconds(process.env, environmentNames.retryBaseSeconds),
    cap: requireSeconds(process.env, environmentNames.retryCapSeconds),
  },
  loadChangeVisibilityBatch: lazySqsVisibility(requireText(process.env, environmentNames.notificationsQueueUrl)),
  publishMetrics: publishMetricsOnLambda(),
  random: Math.random,
  startDeadline,
});
