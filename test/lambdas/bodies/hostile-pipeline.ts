import { InvokeCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { systemClock } from 'local-aws';
import { type Clients, createClients } from '../../../tools/orders/aws/clients.ts';
import type { TableConnection } from '../../../tools/orders/ledger/table.ts';
import { pipelineNames } from '../../../tools/run/local-pipeline.ts';
import { type ServedPipeline, servePipeline } from '../../tools/orders/served-pipeline.ts';

/** This project's own stack, running on this machine, and every way in that a sender has. */
export interface HostilePipeline extends AsyncDisposable, Pick<ServedPipeline, 'orders'> {
  readonly table: TableConnection;
  readonly names: ReturnType<typeof pipelineNames>;
  /** Through the real SDK. @returns the message's id */
  send(body: string): Promise<string>;
  /** A request that the SDK would not make: the input's JSON text, or any bytes. */
  sendRaw(input: string | Uint8Array): Promise<Response>;
  /** Gives a function an event, and answers what it answered or died of. */
  invoke(functionName: string, event: object): Promise<string>;
  /** What there is in all queues, in whatever state. */
  messages(): number;
  /** Settles when all queues are empty. */
  quiet(): Promise<void>;
  /** Lines of the functions' logs that hold this text. */
  logged(text: string): readonly string[];
  readonly queueUrl: string;
}

/** As long as a message is hidden, in seconds, so that a busy machine ends no function (the bench has the time). */
const timeout = '"Timeout": 60';

export async function startHostilePipeline(): Promise<HostilePipeline> {
  await using starting = new AsyncDisposableStack();
  const served = starting.use(await servePipeline((template) => template.replaceAll(/"Timeout": \d+/g, timeout)));
  const { runtime, events } = served;
  const { endpoint, model, sqs } = runtime;
  const names = pipelineNames(model);
  const queueUrl = `${endpoint.url}/${model.accountId}/${names.ordersQueue}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const target = { stack: 'OrderPipeline', region: model.region, endpoint: endpoint.url, credentials };
  const clients: Clients = starting.use(createClients(target));
  const lines: string[] = [];
  events.subscribe((event) => {
    if (event.type === 'log') lines.push(event.message);
  });
  const messages = () =>
    sqs.queues().reduce((sum, { counts }) => sum + counts.delayed + counts.available + counts['in-flight'], 0);
  const running = starting.move();
  return {
    orders: (args) => served.orders(args),
    names,
    queueUrl,
    messages,
    table: { client: clients.dynamodb, name: names.ordersTable, clock: systemClock, random: () => 0.5 },
    logged: (text) => lines.filter((line) => line.includes(text)),
    async send(body) {
      const { MessageId } = await clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
      return MessageId!;
    },
    sendRaw: (input) =>
      fetch(endpoint.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'AmazonSQS.SendMessage',
          authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${model.region}/sqs/aws4_request`,
        },
        body: Buffer.from(input),
      }),
    async invoke(functionName, event) {
      const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
      const { Payload: payload } = await clients.lambda.send(command);
      return Buffer.from(payload!).toString();
    },
    async quiet() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => messages() === 0 && resolve();
      const unsubscribe = events.subscribe((event) => event.type === 'batch-ended' && look());
      look();
      await promise;
      unsubscribe();
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
