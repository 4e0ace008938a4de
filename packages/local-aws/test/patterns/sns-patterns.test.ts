import { DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PublishBatchCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { EventStream } from '../../src/events.ts';
import { TemporaryFolder } from '../../src/processes.ts';
import { type Runtime, startRuntime } from '../../src/runtime.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { EventWatch } from '../../src/testing/event-watch.ts';
import { addSnsFifoToSqsFifo } from './sns-fifo-to-sqs-fifo.ts';
import { addSnsToSqs } from './sns-to-sqs.ts';

let runtime: Runtime;
let watch: EventWatch;
let sns: SNSClient;
let sqs: SQSClient;
const folder = new TemporaryFolder('patterns-');

beforeAll(async () => {
  const app = new App({ outdir: folder.path });
  addSnsToSqs(new Stack(app, 'SnsToSqs'));
  addSnsFifoToSqsFifo(new Stack(app, 'SnsFifoToSqsFifo'));
  app.synth();
  const events = new EventStream();
  watch = new EventWatch(events);
  runtime = await startRuntime({ assembly: folder.path, events, port: 0, queueWaits: false });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const settings = { endpoint: runtime.endpoint.url, region: 'us-east-1', credentials };
  [sns, sqs] = [new SNSClient(settings), new SQSClient(settings)];
});

afterAll(async () => {
  sns.destroy();
  sqs.destroy();
  await runtime[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const output = (name: string) =>
  runtime.model.stacks.flatMap(({ outputs }) => outputs).find(({ key }) => key === name)?.value ?? '';

const bodiesIn = async (queue: string) => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: output(queue), MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  );
  return Messages.map(({ Body = '' }) => Body);
};

/** What a function has logged by itself, once it is so many lines. */
const linesOf = (functionName: string, count: number) =>
  eventually(
    () =>
      watch
        .ofType('log')
        .filter((event) => event.functionName === functionName && event.source === 'function')
        .map(({ message }) => message.trimEnd().split('\t').at(-1)),
    (lines) => lines.length >= count,
  );

const publish = (Message: string, status: string, total: string) =>
  sns.send(
    new PublishCommand({
      TopicArn: output('OrdersTopic'),
      Message,
      MessageAttributes: {
        status: { DataType: 'String', StringValue: status },
        total: { DataType: 'Number', StringValue: total },
      },
    }),
  );

describe('the pattern "SNS to SQS with a filter and a dead-letter queue"', () => {
  test('brings paid orders to the function, all to the audit, and what has no queue to the dead letters', async () => {
    expect(runtime.model.skipped.filter(({ type }) => !type.startsWith('AWS::CDK::'))).toEqual([]);
    await publish('pizza', 'paid', '12.5');
    await publish('salad', 'open', '8');
    await publish('water', 'paid', '0');
    expect(await linesOf('shipper', 1)).toEqual(['shipping pizza worth 12.5']);
    const audited = await bodiesIn('AuditQueue');
    expect(audited.map((body) => (JSON.parse(body) as { Message: string }).Message)).toEqual([
      'pizza',
      'salad',
      'water',
    ]);

    await sqs.send(new DeleteQueueCommand({ QueueUrl: output('ShippingQueue') }));
    await publish('pasta', 'paid', '9');
    expect(await bodiesIn('UndeliveredQueue')).toEqual(['pasta']);
  });
});

describe('the pattern "SNS FIFO to SQS FIFO"', () => {
  test('shows the prices of each product in their order, each once, and brings them to a standard queue as well', async () => {
    const changes = ['a 1', 'b 1', 'a 2', 'a 2', 'b 2', 'a 3'];
    await sns.send(
      new PublishBatchCommand({
        TopicArn: output('PricesTopic'),
        PublishBatchRequestEntries: changes.map((Message, index) => ({
          Id: `${index}`,
          Message,
          MessageGroupId: `product-${Message.charAt(0)}`,
        })),
      }),
    );
    const lines = await linesOf('display', 5);
    expect(lines.filter((line) => line?.includes('product-a'))).toEqual([
      'price product-a a 1',
      'price product-a a 2',
      'price product-a a 3',
    ]);
    expect(lines.filter((line) => line?.includes('product-b'))).toHaveLength(2);
    expect((await bodiesIn('StatisticsQueue')).toSorted()).toEqual(['a 1', 'a 2', 'a 3', 'b 1', 'b 2']);
  });
});
