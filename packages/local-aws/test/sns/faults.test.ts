import { rmSync } from 'node:fs';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { planFaults } from '../../src/faults/fault-plan.ts';
import { Faults } from '../../src/faults/faults.ts';
import { startRuntime } from '../../src/runtime.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { EventWatch } from '../../src/testing/event-watch.ts';
import { queueWith, writeAssembly } from '../../src/testing/written-assembly.ts';
import { queueArn, topicArn } from './sns-harness.ts';
import { arnOf, queuePolicyOf, subscriptionWith, topicWith } from './template-parts.ts';

test('what is published reaches the queue at least once, also when SQS fails now and then', async () => {
  const assembly = writeAssembly({
    Shop: {
      template: {
        Resources: {
          News: topicWith({ TopicName: 'news' }),
          Queue: queueWith({ QueueName: 'queue' }),
          Policy: queuePolicyOf('Queue'),
          ToQueue: subscriptionWith({ Protocol: 'sqs', Endpoint: arnOf('Queue'), RawMessageDelivery: true }),
        },
      },
    },
  });
  const events = new EventStream();
  const watch = new EventWatch(events);
  const faults = new Faults(planFaults(7, ['sqs-503', 'sqs-drops-after']), events);
  await using runtime = await startRuntime({ assembly, events, port: 0, faults });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new SNSClient({ endpoint: runtime.endpoint.url, region: 'us-east-1', credentials });
  const texts = Array.from({ length: 40 }, (_, index) => `m${index}`);
  for (const Message of texts) await client.send(new PublishCommand({ TopicArn: topicArn('news'), Message }));
  client.destroy();

  const arrived = new Set<string>();
  const take = () => {
    for (const { body } of runtime.sqs.queue(queueArn('queue'))?.receive({ max: 10 }) ?? []) arrived.add(body);
    return arrived.size;
  };
  expect(await eventually(take, (count) => count === texts.length)).toBe(texts.length);
  expect(watch.ofType('fault-injected').length).toBeGreaterThan(0);
  expect(watch.ofType('delivery-failed')).toEqual([]);
  rmSync(assembly, { recursive: true });
});
