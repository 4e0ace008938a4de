import { rmSync } from 'node:fs';
import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutRuleCommand,
  type PutRuleCommandInput,
  PutTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll } from '@jest/globals';
import { EventStream, type RuntimeEvent } from '../../src/events.ts';
import { startRuntime } from '../../src/runtime.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { writeAssembly } from '../../src/testing/written-assembly.ts';

export const region = 'us-east-1';
export const accountId = '000000000000';

export const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;
export const ruleArn = (path: string) => `arn:aws:events:${region}:${accountId}:rule/${path}`;
export const busArn = (name: string) => `arn:aws:events:${region}:${accountId}:event-bus/${name}`;

/** Lets EventBridge send to a queue for its rules, as the CDK's `SqsQueue` does. */
export const queuePolicy = (queue: string, condition: object = { ArnLike: { 'aws:SourceArn': ruleArn('*') } }) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queueArn(queue),
      Condition: condition,
    },
  ],
});

/** An order that was placed. */
export const placed = (detail: object = { id: 'o-1' }, more: Partial<PutEventsRequestEntry> = {}) => ({
  Source: 'shop',
  DetailType: 'OrderPlaced',
  Detail: JSON.stringify(detail),
  ...more,
});

const closers: (() => Promise<void>)[] = [];

afterAll(() => Promise.all(closers.map((close) => close())));

export type EventBridgeHarness = Awaited<ReturnType<typeof startEventBridge>>;

/** The stack `Shop` running, with real SDK clients, on a clock that stands still, until the file's tests are over. */
export async function startEventBridge(resources: object = {}) {
  const clock = new ManualClock();
  const events = new EventStream();
  const told: RuntimeEvent[] = [];
  events.subscribe((event) => told.push(event));
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
  const [client, sqs] = [new EventBridgeClient(settings), new SQSClient(settings)];
  closers.push(async () => {
    client.destroy();
    sqs.destroy();
    await runtime[Symbol.asyncDispose]();
  });

  /** A queue to which EventBridge may send, unless `policy` says otherwise. */
  const createQueue = async (name: string, attributes: Record<string, string> = {}, policy?: object) => {
    const fifo = name.endsWith('.fifo') ? { FifoQueue: 'true' } : {};
    const Policy = JSON.stringify(policy ?? queuePolicy(name));
    await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...fifo, Policy, ...attributes } }));
    return queueArn(name);
  };

  /** A rule whose only target is the queue of its name. */
  const ruleToQueue = async (
    name: string,
    rule: Partial<PutRuleCommandInput> = {},
    target: Partial<Target> = {},
  ): Promise<void> => {
    const Arn = target.Arn ?? (await createQueue(name));
    const Name = name.replace('.', '-');
    const pattern = { EventPattern: JSON.stringify({ 'detail-type': [name] }) };
    await client.send(new PutRuleCommand({ Name, ...(rule.ScheduleExpression === undefined && pattern), ...rule }));
    const { EventBusName } = rule;
    const command = { Rule: Name, Targets: [{ Id: 'queue', ...target, Arn }], ...(EventBusName && { EventBusName }) };
    await client.send(new PutTargetsCommand(command));
  };

  return {
    runtime,
    clock,
    client,
    sqs,
    told,
    createQueue,
    ruleToQueue,
    reload: (changed: object) => runtime.reload(write(changed)),
    put: (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries })),
    /** What is in the queue, with all attributes. It is gone then. */
    drain: async (name: string): Promise<Message[]> => {
      await clock.advance(0);
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

/** The JSON that a message holds. */
export function bodyOf(message: Message | undefined): unknown {
  return JSON.parse(message?.Body ?? 'null');
}
