import {
  CloudWatchClient,
  GetMetricStatisticsCommand,
  type GetMetricStatisticsCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Permission } from '../../src/endpoint/api.ts';
import { CloudWatchService } from '../../src/services/cloudwatch.ts';
import { queueModel, region, withDeadLetterQueue } from '../sqs/queue-model.ts';
import { type SqsHarness, startSqs } from '../sqs/sqs-harness.ts';

let sqs: SqsHarness;
let client: CloudWatchClient;
let asked: Permission[];

beforeEach(async () => {
  sqs = await startSqs([withDeadLetterQueue('orders', 'dead', 5), queueModel('dead')]);
  asked = [];
  sqs.endpoint.serve({
    rpcServices: [sqs.service.rpc, new CloudWatchService({ clock: sqs.clock, queues: () => sqs.service.queues() }).rpc],
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

  test('is the only metric here', async () => {
    await expect(statistics('orders', { MetricName: 'NumberOfMessagesSent' })).rejects.toMatchObject({
      name: 'NotImplemented',
      message: 'The local endpoint does not implement the metric: AWS/SQS NumberOfMessagesSent.',
    });
    await expect(statistics('orders', { Period: undefined })).rejects.toMatchObject({
      name: 'MissingRequiredParameterException',
    });
  });
});
