import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  type GetMetricStatisticsCommandInput,
  ListMetricsCommand,
  type ListMetricsCommandInput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Permission } from '../../src/endpoint/api.ts';
import { CloudWatchService } from '../../src/services/cloudwatch/service.ts';
import { readResources } from '../../src/testing/written-assembly.ts';
import { queueModel, region, withDeadLetterQueue } from '../sqs/queue-model.ts';
import { type SqsHarness, startSqs } from '../sqs/sqs-harness.ts';

const model = readResources({
  Late: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'orders-late' } },
  Lost: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'orders-lost' } },
  Any: { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: { AlarmName: 'any' } },
});
let sqs: SqsHarness;
let client: CloudWatchClient;
let asked: Permission[];

beforeEach(async () => {
  sqs = await startSqs([withDeadLetterQueue('orders', 'dead', 5), queueModel('dead')]);
  asked = [];
  sqs.endpoint.serve({
    rpcServices: [
      sqs.service.rpc,
      new CloudWatchService(model, { clock: sqs.clock, queues: () => sqs.service.queues() }).rpc,
    ],
    restServices: [],
    resolveCaller: (accessKeyId) => ({ accessKeyId: accessKeyId ?? '' }),
    authorize: (_caller, permission) => void asked.push(permission),
  });
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'any' };
  client = new CloudWatchClient({ endpoint: sqs.endpoint.url, region, credentials, maxAttempts: 1 });
});
afterEach(() => client.destroy());

const send = (name: string) =>
  sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.url(name), MessageBody: 'order' }));

async function statistics(name: string, changes: Partial<GetMetricStatisticsCommandInput> = {}) {
  const now = sqs.clock.now();
  const { Datapoints: points = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: name }],
      StartTime: new Date(now - 600_000),
      EndTime: new Date(now + 1),
      Period: 60,
      Statistics: ['Maximum'],
      ...changes,
    }),
  );
  return points;
}

describe('the age of the oldest message', () => {
  test('is that of the message which has been in the queue longest', async () => {
    await send('orders');
    await sqs.clock.advance(90_000);
    await send('orders');
    await sqs.clock.advance(10_500);
    const [point] = await statistics('orders');
    expect(point).toMatchObject({ Maximum: 100, Unit: 'Seconds' });
    expect(sqs.clock.now() - point!.Timestamp!.getTime()).toBeLessThan(60_000);
    expect(point).not.toHaveProperty('SampleCount');
    expect(asked).toContainEqual({ action: 'cloudwatch:GetMetricStatistics', resource: '*' });
    expect(await statistics('orders', { Statistics: ['SampleCount', 'Average'] })).toMatchObject([
      { SampleCount: 1, Average: 100 },
    ]);
  });

  test('of a dead-letter queue counts from the move, and in a standard queue not those received three times', async () => {
    await send('orders');
    for (let receive = 1; receive <= 3; receive += 1) {
      await sqs.clock.advance(60_000);
      expect(await statistics('orders')).toMatchObject([{ Maximum: receive * 60 }]);
      await sqs.receive('orders', { VisibilityTimeout: 0 });
    }
    expect(await statistics('orders')).toEqual([]);
    for (let receive = 4; receive <= 6; receive += 1) await sqs.receive('orders', { VisibilityTimeout: 0 });
    await sqs.clock.advance(30_000);
    expect(await statistics('dead')).toMatchObject([{ Maximum: 30 }]);
  });

  test('has no data point where there is no message, no such queue, or another time', async () => {
    expect(await statistics('orders')).toEqual([]);
    await send('orders');
    expect(await statistics('nowhere')).toEqual([]);
    expect(await statistics('orders', { Dimensions: [] })).toEqual([]);
    const past = new Date(sqs.clock.now() - 120_000);
    expect(await statistics('orders', { EndTime: past })).toEqual([]);
    expect(await statistics('orders')).toHaveLength(1);
  });

  test('is one of the metrics that a queue has at every moment; others are refused by name', async () => {
    await expect(statistics('orders', { MetricName: 'NumberOfMessagesSent' })).rejects.toMatchObject({
      name: 'NotImplemented',
      message: 'The local endpoint does not implement the metric: AWS/SQS NumberOfMessagesSent.',
    });
    await expect(statistics('orders', { Period: undefined })).rejects.toMatchObject({
      name: 'MissingRequiredParameterException',
    });
  });
});

const queryOf = (Id: string, MetricName: string, more: Partial<MetricDataQuery> = {}): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: { Namespace: 'AWS/SQS', MetricName, Dimensions: [{ Name: 'QueueName', Value: 'orders' }] },
    Period: 60,
    Stat: 'Maximum',
  },
  ...more,
});

const data = async (...MetricDataQueries: MetricDataQuery[]) => {
  const [StartTime, EndTime] = [new Date(sqs.clock.now() - 600_000), new Date(sqs.clock.now() + 1)];
  const { MetricDataResults } = await client.send(new GetMetricDataCommand({ MetricDataQueries, StartTime, EndTime }));
  return MetricDataResults;
};

const metrics = async (input: ListMetricsCommandInput) => (await client.send(new ListMetricsCommand(input))).Metrics;

describe('the depth of a queue', () => {
  test('is told by GetMetricData and GetMetricStatistics: visible, not visible, delayed', async () => {
    for (let count = 0; count < 3; count += 1) await send('orders');
    await sqs.receive('orders', { MaxNumberOfMessages: 1 });
    const results = await data(
      queryOf('visible', 'ApproximateNumberOfMessagesVisible', { Label: 'waiting' }),
      queryOf('hidden', 'ApproximateNumberOfMessagesNotVisible'),
      queryOf('unseen', 'ApproximateNumberOfMessagesDelayed', { ReturnData: false }),
    );
    expect(results).toMatchObject([
      { Id: 'visible', Label: 'waiting', Values: [2], StatusCode: 'Complete', Timestamps: [expect.any(Date)] },
      { Id: 'hidden', Label: 'ApproximateNumberOfMessagesNotVisible', Values: [1] },
    ]);
    expect(await statistics('orders', { MetricName: 'ApproximateNumberOfMessagesDelayed' })).toMatchObject([
      { Maximum: 0, Unit: 'Count' },
    ]);
    expect(asked).toContainEqual({ action: 'cloudwatch:GetMetricData', resource: '*' });
  });

  test('in an expression, or beside what was done with a queue, is refused by name', async () => {
    await expect(data({ Id: 'sum', Expression: 'a + b' })).rejects.toThrow('GetMetricData with Expression');
    await expect(data(queryOf('sent', 'NumberOfMessagesSent'))).rejects.toThrow('AWS/SQS NumberOfMessagesSent');
  });

  test('is listed for each queue', async () => {
    expect(await metrics({})).toHaveLength(8);
    expect(await metrics({ Namespace: 'AWS/Lambda' })).toEqual([]);
    const Dimensions = [{ Name: 'QueueName', Value: 'dead' }];
    expect(await metrics({ MetricName: 'ApproximateAgeOfOldestMessage', Dimensions })).toEqual([
      { Namespace: 'AWS/SQS', MetricName: 'ApproximateAgeOfOldestMessage', Dimensions },
    ]);
  });
});

test('alarms of the stacks are described as without data, because none is evaluated', async () => {
  const { MetricAlarms, CompositeAlarms } = await client.send(
    new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
  );
  expect(MetricAlarms).toMatchObject([
    { AlarmName: 'orders-late', StateValue: 'INSUFFICIENT_DATA', StateReason: expect.stringContaining('no alarm is') },
    { AlarmName: 'orders-lost', AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:orders-lost' },
  ]);
  expect(CompositeAlarms).toMatchObject([{ AlarmName: 'any' }]);
  const first = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'orders', MaxRecords: 1 }));
  expect(first).toMatchObject({ MetricAlarms: [{ AlarmName: 'orders-late' }], NextToken: 'orders-lost' });
  const { MetricAlarms: ringing } = await client.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
  expect(ringing).toEqual([]);
});
