import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';

/** What this process is told to do, once for each run. */
export interface Task {
  readonly kind: 'send' | 'send-receive-delete';
  readonly queueUrl: string;
  /** A multiple of 10. */
  readonly messages: number;
  readonly requestsInFlight: number;
}

/** `done` counts messages that went through everything the task asks of this process. */
export interface Progress {
  readonly done: number;
  readonly finished: boolean;
}

const batchSize = 10;
const progressEveryMs = 500;

// A terminal's Ctrl-C reaches this process too: the parent decides.
process.on('SIGINT', () => {});

process.on('message', (task: Task) => {
  void run(task).then(
    () => {},
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function run(task: Task): Promise<void> {
  const client = new SQSClient({
    endpoint: new URL(task.queueUrl).origin,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    maxAttempts: 1,
  });
  const { queueUrl: QueueUrl, messages, requestsInFlight } = task;
  let claimed = 0;
  let done = 0;
  let reportedAtMs = performance.now();
  const worker = async () => {
    while (claimed < messages) {
      const first = claimed;
      claimed += batchSize;
      await sendBatch(client, QueueUrl, first);
      if (task.kind === 'send-receive-delete') await receiveAndDelete(client, QueueUrl);
      done += batchSize;
      if (performance.now() - reportedAtMs < progressEveryMs) continue;
      reportedAtMs = performance.now();
      tell({ done, finished: false });
    }
  };
  await Promise.all(Array.from({ length: requestsInFlight }, worker));
  tell({ done, finished: true });
  client.destroy();
}

/** About the size of one of this project's orders. */
async function sendBatch(client: SQSClient, QueueUrl: string, first: number): Promise<void> {
  const Entries = Array.from({ length: batchSize }, (_, index) => ({
    Id: String(index),
    MessageBody: JSON.stringify({ orderId: `order-${first + index}`, user: 'User', total: 42.5, items: ['a', 'b'] }),
  }));
  refuseFailures((await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).Failed);
}

/**
 * Who has just sent ten messages can receive ten: nobody receives more than he has sent. So no receive comes back with
 * fewer, and the loop is as fast as the server lets it be.
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

function tell(progress: Progress): void {
  process.send?.(progress);
}
