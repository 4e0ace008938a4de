import { rmSync } from 'node:fs';
import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  PublishCommand,
  type PublishCommandInput,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { startRuntime } from '../../src/runtime.ts';
import { MailboxService } from '../../src/services/mailbox/service.ts';
import { EventWatch } from '../../src/testing/event-watch.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { writeAssembly } from '../../src/testing/written-assembly.ts';

export const region = 'us-east-1';
export const accountId = '000000000000';

export const topicArn = (name: string) => `arn:aws:sns:${region}:${accountId}:${name}`;
export const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;

/** Lets SNS send to a queue for its topics, as `SqsSubscription` of the CDK does. */
export const queuePolicy = (queue: string, condition: object = { ArnEquals: { 'aws:SourceArn': topicArn('*') } }) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queueArn(queue),
      Condition: condition,
    },
  ],
});

export type SnsHarness = Awaited<ReturnType<typeof startSns>>;

const closers: (() => Promise<void>)[] = [];

afterAll(() => Promise.all(closers.map((close) => close())));

/** The stack `Shop` running, with real SDK clients, on a clock that stands still, until the file's tests are over. */
export async function startSns(resources: object = {}) {
  const clock = new ManualClock();
  const events = new EventStream();
  const watch = new EventWatch(events);
  const write = (changed: object) => {
    const directory = writeAssembly({ Shop: { template: { Resources: changed } } });
    closers.push(async () => rmSync(directory, { recursive: true }));
    return directory;
  };
  const runtime = await startRuntime({ assembly: write(resources), events, port: 0, clock });
  const settings = {
    endpoint: runtime.endpoint.url,
    region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'any' },
    maxAttempts: 1,
  };
  const [client, sqs] = [new SNSClient(settings), new SQSClient(settings)];
  closers.push(async () => {
    client.destroy();
    sqs.destroy();
    await runtime[Symbol.asyncDispose]();
  });

  /** A queue to which SNS may send, unless `policy` says otherwise. */
  const createQueue = async (
    name: string,
    attributes: Record<string, string> = {},
    policy?: object,
  ): Promise<string> => {
    const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
    const Policy = JSON.stringify(policy ?? queuePolicy(name));
    await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...fifo, Policy, ...attributes } }));
    return queueArn(name);
  };
  const createTopic = async (name: string, attributes: Record<string, string> = {}): Promise<string> => {
    const fifo = name.endsWith('.fifo') ? { FifoTopic: 'true' } : {};
    const { TopicArn = '' } = await client.send(
      new CreateTopicCommand({ Name: name, Attributes: { ...fifo, ...attributes } }),
    );
    return TopicArn;
  };
  const subscribe = async (
    TopicArn: string,
    Protocol: string,
    Endpoint: string,
    Attributes: Record<string, string> = {},
  ): Promise<string> => {
    const command = new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true });
    return (await client.send(command)).SubscriptionArn ?? '';
  };

  return {
    runtime,
    mailbox: runtime.service(MailboxService).mailbox,
    clock,
    client,
    sqs,
    watch,
    createQueue,
    createTopic,
    subscribe,
    reload: (changed: object) => runtime.reload(write(changed)),
    publish: (input: PublishCommandInput) => client.send(new PublishCommand(input)),
    attributesOf: async (arn: string) =>
      (await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: arn }))).Attributes ?? {},
    setQueuePolicy: async (name: string, policy: object | '') => {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
      const Policy = policy === '' ? '' : JSON.stringify(policy);
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    },
    /** What is in the queue, in order, with all attributes. It is gone then. */
    drain: async (name: string): Promise<Message[]> => {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      const queue = runtime.sqs.queues().find((each) => each.name === name);
      for (const { ReceiptHandle = '' } of Messages) queue?.delete(ReceiptHandle);
      return Messages;
    },
  };
}

/** The envelope that SNS put a message into. */
export function envelopeOf({ Body = '' }: Message): Record<string, unknown> {
  return JSON.parse(Body) as Record<string, unknown>;
}

/** A topic with a queue that is subscribed to it, named alike. */
export async function pairOf(sns: SnsHarness, name: string, attributes: Record<string, string> = {}) {
  const queue = await sns.createQueue(name);
  const topic = await sns.createTopic(name, name.endsWith('.fifo') ? { ContentBasedDeduplication: 'true' } : {});
  const subscription = await sns.subscribe(topic, 'sqs', queue, attributes);
  return { topic, queue, subscription };
}
