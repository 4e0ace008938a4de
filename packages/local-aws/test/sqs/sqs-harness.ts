import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll } from '@jest/globals';
import { startEndpoint } from '../../src/endpoint/server.ts';
import { EventStream, type RuntimeEvent } from '../../src/events.ts';
import type { QueueModel } from '../../src/services/sqs/model.ts';
import { SqsService } from '../../src/services/sqs/service.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { accountId, region } from './queue-model.ts';

export type SqsHarness = Awaited<ReturnType<typeof startSqs>>;

const closers: (() => Promise<void>)[] = [];

afterAll(() => Promise.all(closers.map((close) => close())));

/** SQS behind a real endpoint, with a real SDK client, on a clock that stands still, until the file's tests are over. */
export async function startSqs(
  queues: readonly QueueModel[],
  options: { readonly handOut?: { readonly seed: number }; readonly queueWaits?: boolean } = {},
) {
  const clock = new ManualClock();
  const stream = new EventStream();
  const events: RuntimeEvent[] = [];
  stream.subscribe((event) => events.push(event));
  const endpoint = await startEndpoint({ port: 0, nextFreePort: false, events: stream, clock });
  const service = new SqsService({
    queues,
    clock,
    events: stream,
    region,
    accountId,
    endpointUrl: endpoint.url,
    ...options,
  });
  endpoint.serve({
    rpcServices: [service.rpc],
    restServices: [],
    resolveCaller: (accessKeyId) => ({ accessKeyId: accessKeyId ?? '' }),
    authorize: () => undefined,
  });
  const client = new SQSClient({
    endpoint: endpoint.url,
    region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  const url = (name: string) => `${endpoint.url}/${accountId}/${name}`;
  closers.push(async () => {
    client.destroy();
    service.close();
    await endpoint.close();
  });
  return {
    clock,
    client,
    service,
    endpoint,
    events,
    url,
    queue: (name: string) => {
      const queue = service.queues().find((candidate) => candidate.name === name);
      if (queue === undefined) throw new Error(`No queue ${name}.`);
      return queue;
    },
    create: (name: string, attributes?: Record<string, string>) =>
      client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes })),
    setAttributes: (name: string, attributes: Record<string, string>) =>
      client.send(new SetQueueAttributesCommand({ QueueUrl: url(name), Attributes: attributes })),
    attributesOf: async (name: string, names: QueueAttributeName[] = ['All']) =>
      (await client.send(new GetQueueAttributesCommand({ QueueUrl: url(name), AttributeNames: names }))).Attributes,
    receive: async (name: string, input: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> => {
      const command = new ReceiveMessageCommand({
        QueueUrl: url(name),
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
        ...input,
      });
      return (await client.send(command)).Messages ?? [];
    },
    eventsOf: <Type extends RuntimeEvent['type']>(type: Type) =>
      events.filter((event): event is Extract<RuntimeEvent, { type: Type }> => event.type === type),
  };
}
