import {
  type BatchResultErrorEntry,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { forEachAtOnce } from '../../orders/streams.ts';
import { serveTasks, steps } from './process.ts';

/** The bare use of SQS that the runtime is compared with: an SDK client in a loop. */
export interface SqsTask {
  readonly kind: 'send' | 'send-receive-delete';
  readonly queueUrl: string;
  /** A multiple of 10. */
  readonly messages: number;
  readonly requestsInFlight: number;
}

const batchSize = 10;

serveTasks<SqsTask, null>(async ({ kind, queueUrl: QueueUrl, messages, requestsInFlight }, onDone) => {
  const client = new SQSClient({
    endpoint: new URL(QueueUrl).origin,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1,
  });
  let done = 0;
  await forEachAtOnce(steps(messages, batchSize), requestsInFlight, async (first) => {
    await sendBatch(client, QueueUrl, first);
    if (kind === 'send-receive-delete') await receiveAndDelete(client, QueueUrl);
    done += batchSize;
    onDone(done);
  });
  client.destroy();
  return null;
});

/** About the size of one of this project's orders. */
async function sendBatch(client: SQSClient, QueueUrl: string, first: number): Promise<void> {
  const Entries = Array.from({ length: batchSize }, (_, index) => ({
    Id: String(index),
    MessageBody: JSON.stringify({ orderId: `order-${first + index}`, user: 'User', total: 42.5, items: ['a', 'b'] }),
  }));
  refuseFailures((await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).Failed);
}

/**
 * Each worker receives no more than it has sent, so ten messages are always there to receive. The loop is as fast as the
 * server lets it be.
 */
async function receiveAndDelete(client: SQSClient, QueueUrl: string): Promise<void> {
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: batchSize }));
  if (Messages.length !== batchSize) throw new Error(`Received ${Messages.length} messages instead of ${batchSize}.`);
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  refuseFailures((await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))).Failed);
}

function refuseFailures(failed: readonly BatchResultErrorEntry[] | undefined): void {
  if (failed !== undefined && failed.length > 0) throw new Error(`The server refused entries: ${failed[0]?.Message}`);
}
