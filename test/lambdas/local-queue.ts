import { rmSync } from 'node:fs';
import { SQSClient } from '@aws-sdk/client-sqs';
import { EventStream, startRuntime } from 'local-aws';
import { queueWith, writeAssembly } from 'local-aws/testing';

export interface LocalQueue extends AsyncDisposable {
  readonly client: SQSClient;
  readonly queueUrl: string;
}

/** A real client against the local runtime's SQS with one queue. */
export async function startLocalQueue(): Promise<LocalQueue> {
  const orders = queueWith({ QueueName: 'orders', VisibilityTimeout: 60 });
  const assembly = writeAssembly({ Shop: { template: { Resources: { Orders: orders } } } });
  const runtime = await startRuntime({ assembly, events: new EventStream(), port: 0 });
  rmSync(assembly, { recursive: true });
  const { endpoint, model } = runtime;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new SQSClient({ region: model.region, endpoint: endpoint.url, credentials, maxAttempts: 1 });
  return {
    client,
    queueUrl: `${endpoint.url}/${model.accountId}/orders`,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await runtime[Symbol.asyncDispose]();
    },
  };
}
