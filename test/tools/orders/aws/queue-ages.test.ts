import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AwsError, CloudWatchService, type RpcService } from 'local-aws';
import { queueModel, region } from '../../../../packages/local-aws/test/sqs/queue-model.ts';
import { type SqsHarness, startSqs } from '../../../../packages/local-aws/test/sqs/sqs-harness.ts';
import { readQueueAge } from '../../../../tools/orders/aws/queues.ts';

let sqs: SqsHarness;
let client: CloudWatchClient;
let denied: boolean;
let services: RpcService[];

beforeEach(async () => {
  sqs = await startSqs([queueModel('orders')]);
  denied = false;
  services = [sqs.service.rpc, new CloudWatchService({ clock: sqs.clock, queues: () => sqs.service.queues() }).rpc];
  sqs.endpoint.serve({
    rpcServices: services,
    restServices: [],
    resolveCaller: (accessKeyId) => ({ accessKeyId: accessKeyId ?? '' }),
    authorize: (_caller, { action }) => {
      if (denied) throw new AwsError('AccessDenied', `not authorized to perform: ${action}`, { httpStatus: 403 });
    },
  });
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'any' };
  client = new CloudWatchClient({ endpoint: sqs.endpoint.url, region, credentials, maxAttempts: 1 });
});
afterEach(() => client.destroy());

const age = () => readQueueAge(client, sqs.url('orders'), sqs.clock.now());

test('the age of the oldest message is read in seconds; there is none without messages', async () => {
  expect(await age()).toEqual({ seconds: null });
  await sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.url('orders'), MessageBody: 'order' }));
  await sqs.clock.advance(100_000);
  expect(await age()).toEqual({ seconds: 100 });
});

test('who may not read metrics is told so; an endpoint that does not answer is an error', async () => {
  denied = true;
  expect(await age()).toEqual({
    unavailable: 'AccessDenied: not authorized to perform: cloudwatch:GetMetricStatistics',
  });
  await sqs.endpoint.close();
  await expect(age()).rejects.toThrow(/ECONNREFUSED|socket hang up/);
});
