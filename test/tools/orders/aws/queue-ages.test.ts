import { rmSync } from 'node:fs';
import { CloudWatchClient, CloudWatchServiceException } from '@aws-sdk/client-cloudwatch';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { EventStream, type Runtime, startRuntime } from 'local-aws';
import { ManualClock, queueWith, writeAssembly } from 'local-aws/testing';
import { readQueueAge } from '../../../../tools/orders/aws/queues.ts';

let clock: ManualClock;
let runtime: Runtime;
let queueUrl: string;
let client: CloudWatchClient;
let sqs: SQSClient;

beforeEach(async () => {
  clock = new ManualClock();
  const Orders = queueWith({ QueueName: 'orders' });
  const assembly = writeAssembly({ Shop: { template: { Resources: { Orders } } } });
  runtime = await startRuntime({ assembly, events: new EventStream(), port: 0, clock });
  rmSync(assembly, { recursive: true });
  const { endpoint, model } = runtime;
  queueUrl = `${endpoint.url}/${model.accountId}/orders`;
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'any' };
  const settings = { endpoint: endpoint.url, region: model.region, credentials, maxAttempts: 1 };
  client = new CloudWatchClient(settings);
  sqs = new SQSClient(settings);
});
afterEach(async () => {
  client.destroy();
  sqs.destroy();
  await runtime[Symbol.asyncDispose]();
});

const age = (of = client) => readQueueAge(of, queueUrl, clock.now());

test('the age of the oldest message is read in seconds; there is none without messages', async () => {
  expect(await age()).toEqual({ seconds: null });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'order' }));
  await clock.advance(100_000);
  expect(await age()).toEqual({ seconds: 100 });
});

test('who may not read metrics is told so; an endpoint that does not answer is an error', async () => {
  const denial = new CloudWatchServiceException({
    name: 'AccessDenied',
    message: 'not authorized to perform: cloudwatch:GetMetricStatistics',
    $fault: 'client',
    $metadata: {},
  });
  const denied = { send: () => Promise.reject(denial) } as unknown as CloudWatchClient;
  expect(await age(denied)).toEqual({
    unavailable: 'AccessDenied: not authorized to perform: cloudwatch:GetMetricStatistics',
  });
  await runtime[Symbol.asyncDispose]();
  await expect(age()).rejects.toThrow(/ECONNREFUSED|socket hang up/);
});
