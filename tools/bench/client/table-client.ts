import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { tableClient } from '../../../lambdas/common/table-client.ts';
import { orderWritten } from '../../../shared/ledger/order-transitions.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { forEachAtOnce } from '../../orders/streams.ts';
import { serveTasks, steps } from './process.ts';

/** The bare use of the table that the pipeline is compared with: process-orders' own request in a loop. */
export interface TableTask {
  /** Unix socket of the table server: nothing stands between it and the SDK. */
  readonly socketPath: string;
  readonly tableName: string;
  readonly writes: number;
  readonly requestsInFlight: number;
}

serveTasks<TableTask, null>(async ({ socketPath, tableName, writes, requestsInFlight }, onDone) => {
  const client = new DynamoDBClient({
    endpoint: 'http://127.0.0.1',
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    requestHandler: { httpAgent: agentOf(socketPath) },
  });
  const table = tableClient(tableName, client);
  const { signal } = new AbortController();
  await forEachAtOnce(steps(writes, 1), requestsInFlight, async (index) => {
    const { kind } = await table.update(nextOrder(index), signal);
    if (kind !== 'written') throw new Error('A new order was not written.');
    onDone(index);
  });
  client.destroy();
  return null;
});

function agentOf(socketPath: string): Agent {
  // An agent hands its options on to the sockets it makes; its types do not tell.
  return new Agent({ keepAlive: true, maxSockets: Infinity, socketPath } as ConstructorParameters<typeof Agent>[0]);
}

function nextOrder(index: number) {
  const orderKey = randomUUID();
  const now = new Date().toISOString();
  return orderWritten({
    orderKey,
    now,
    message: {
      messageId: randomUUID(),
      receiptHandle: '',
      body: JSON.stringify(exampleOrder(index, orderKey)),
      receiveCount: 1,
      sentAt: now,
      firstSeenAt: now,
      traceId: null,
      groupId: null,
      sourceQueueArn: null,
      messageAttributes: {},
      lineage: null,
    },
  });
}
