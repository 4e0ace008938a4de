import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeStacksCommand, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { attributeValues } from '../../../shared/ledger/expressions.ts';
import { mailRowKey } from '../../../shared/ledger/mail.ts';
import type { FailureRow, OrderRow } from '../../../shared/ledger/rows.ts';
import { failureMetricNames, metricNames } from '../../../shared/telemetry.ts';
import { readLogMessage } from '../aws/lambda-log.ts';
import { logEvents, orderPatterns } from '../aws/logs.ts';
import type { OrdersContext } from '../context.ts';
import { readOrderRecord } from '../ledger/find-failure.ts';
import type { Check, SentSmoke, SmokeEvidence } from './checks.ts';

/** What can be seen of the messages now, in the table and in the logs. @param sinceMs epoch milliseconds */
export async function smokeEvidence(
  context: OrdersContext,
  sent: readonly SentSmoke[],
  sinceMs: number,
): Promise<SmokeEvidence> {
  const table = await context.table();
  const keys = new Set(sent.map(({ orderId, messageId }) => orderId ?? messageId));
  const records = await Promise.all([...keys].map((key) => readOrderRecord(table, key)));
  const logged = new Map<string, string[]>();
  const counted: string[] = [];
  const { logGroups } = await context.outputs();
  const ids = sent.map(({ messageId }) => messageId);
  for (const name of ['process-orders', 'failed-orders'] as const) {
    const query = { logGroupName: logGroups[name], startMs: sinceMs };
    for (const pattern of orderPatterns(ids)) {
      for await (const { message } of logEvents(context.clients.logs, { ...query, pattern })) {
        const { text = '', fields } = readLogMessage(message) ?? {};
        const messageId = fields?.['messageId'];
        if (typeof messageId !== 'string') continue;
        logged.set(messageId, [...(logged.get(messageId) ?? []), text]);
      }
    }
    const { done } = await logEvents(context.clients.logs, { ...query, pattern: '"CloudWatchMetrics"' }).next();
    if (done === false) counted.push(name);
  }
  return {
    notified: await notifiedOf(context, sent, sinceMs),
    orders: records.flatMap(({ order }): readonly OrderRow[] => (order === undefined ? [] : [order])),
    failures: records.flatMap(({ failures }): readonly FailureRow[] => failures),
    logged,
    counted,
  };
}

/** What notify-customers logged of the orders that should be processed; undefined where there are no mails. */
async function notifiedOf(
  context: OrdersContext,
  sent: readonly SentSmoke[],
  sinceMs: number,
): Promise<readonly string[] | undefined> {
  const logGroupName = (await context.outputs()).logGroups['notify-customers'];
  if (logGroupName === undefined) return undefined;
  const keys = new Set(
    sent.filter(({ expected }) => expected === 'processed').map(({ orderId, messageId }) => orderId ?? messageId),
  );
  const lines: string[] = [];
  for (const key of keys) {
    const pattern = `{ $.message.orderKey = ${JSON.stringify(key)} }`;
    for await (const { message } of logEvents(context.clients.logs, { logGroupName, startMs: sinceMs, pattern })) {
      lines.push(readLogMessage(message)?.text ?? '');
    }
  }
  return lines;
}

/** Deletes the rows of the test, those of mails as well. @returns how many */
export async function removeRows(
  context: OrdersContext,
  { orders, failures, notified }: SmokeEvidence,
): Promise<number> {
  const { client, name } = await context.table();
  const mails = notified === undefined ? [] : orders.map(({ orderKey }) => mailRowKey(orderKey));
  const rows = [...orders, ...failures];
  for (const { pk, sk } of rows) {
    await client.send(new DeleteItemCommand({ TableName: name, Key: attributeValues({ pk, sk }) }));
  }
  // Only an order that names an address has such a row.
  const deleted = await Promise.all(
    mails.map((key) =>
      client.send(new DeleteItemCommand({ TableName: name, Key: attributeValues(key), ReturnValues: 'ALL_OLD' })),
    ),
  );
  return rows.length + deleted.filter(({ Attributes }) => Attributes !== undefined).length;
}

/** Whether the last deployment of the stack came to a good end. */
export async function deployedCheck({ clients, target }: OrdersContext): Promise<Check> {
  const { Stacks: [stack] = [] } = await clients.cloudFormation.send(
    new DescribeStacksCommand({ StackName: target.stack }),
  );
  const status = stack?.StackStatus ?? 'unknown';
  const good = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'IMPORT_COMPLETE'];
  const problem = `Its status is ${status}.`;
  return { name: `the stack ${target.stack} is deployed`, problem: good.includes(status) ? null : problem };
}

/** Whether generate-orders starts and answers. It is asked for no order. */
export async function producerCheck(context: OrdersContext): Promise<Check> {
  const { generateOrdersFunctionName: FunctionName } = await context.outputs();
  const { FunctionError: failed, Payload } = await context.clients.lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify({ count: 0 }) }),
  );
  const answer = Payload?.transformToString() ?? '';
  return { name: 'generate-orders starts and answers', problem: failed === undefined ? null : answer };
}

/** ARN of the orders queue. */
export async function ordersQueueArn(context: OrdersContext): Promise<string> {
  const { ordersQueueUrl: QueueUrl } = await context.outputs();
  const answer = await context.clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return answer.Attributes?.['QueueArn'] ?? '';
}

const alarmsPerRequest = 100;
const ofFailures: readonly string[] = [metricNames.failuresRecorded, ...Object.values(failureMetricNames)];

/**
 * Whether the alarms of the stack are quiet. Alarms on written-down failures are passed over: the test itself makes
 * failures.
 */
export async function alarmsCheck({ clients, target }: OrdersContext): Promise<Check> {
  const names: string[] = [];
  const pages = paginateListStackResources({ client: clients.cloudFormation }, { StackName: target.stack });
  for await (const { StackResourceSummaries: resources = [] } of pages) {
    for (const { ResourceType: type, PhysicalResourceId: id } of resources) {
      if (type === 'AWS::CloudWatch::Alarm' && id !== undefined) names.push(id);
    }
  }
  const on: string[] = [];
  for (let first = 0; first < names.length; first += alarmsPerRequest) {
    const AlarmNames = names.slice(first, first + alarmsPerRequest);
    const { MetricAlarms: alarms = [] } = await clients.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames, StateValue: 'ALARM' }),
    );
    for (const { AlarmName = '', MetricName, Metrics = [] } of alarms) {
      const metrics = [MetricName, ...Metrics.map(({ MetricStat }) => MetricStat?.Metric?.MetricName)];
      if (!metrics.some((name) => name !== undefined && ofFailures.includes(name))) on.push(AlarmName);
    }
  }
  const problem = `${on.join(', ')} ${on.length === 1 ? 'is' : 'are'} on: docs/runbook.md says what to do.`;
  return { name: `${names.length} alarms are quiet`, problem: on.length === 0 ? null : problem };
}
