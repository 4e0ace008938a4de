import { SQSClient } from '@aws-sdk/client-sqs';
import { EventStream, SqsService, startEndpoint, systemClock } from 'local-aws';
import { accountId, queueModel, region } from '../../packages/local-aws/test/sqs/queue-model.ts';

export interface LocalQueue extends AsyncDisposable {
  readonly client: SQSClient;
  readonly queueUrl: string;
}

/** A real client against the local runtime's SQS with one queue. */
export async function startLocalQueue(): Promise<LocalQueue> {
  const events = new EventStream();
  const endpoint = await startEndpoint({ port: 0, nextFreePort: false, events, clock: systemClock });
  const sqs = new SqsService({
    queues: [ordersQueue],
    clock: systemClock,
    events,
    region,
    accountId,
    endpointUrl: endpoint.url,
  });
  endpoint.serve({
    rpcServices: [sqs.rpc],
    restServices: [],
    resolveCaller: (accessKeyId) => ({ accessKeyId: accessKeyId ?? '' }),
    authorize: () => {},
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new SQSClient({ region, endpoint: endpoint.url, credentials, maxAttempts: 1 });
  return {
    client,
    queueUrl: `${endpoint.url}/${accountId}/${ordersQueue.name}`,
    async [Symbol.asyncDispose]() {
      client.destroy();
      sqs.close();
      await endpoint.close();
    },
  };
}

const ordersQueue = queueModel('orders', { visibilityTimeoutSeconds: 60 });
