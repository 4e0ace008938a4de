// oxlint-disable jest/expect-expect -- the CDK's assertions throw by themselves.
import { describe, expect, test } from '@jest/globals';
import { App, Aspects, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { presets } from '../../lib/configuration/configuration.ts';
import { ProcessOrders } from '../../lib/process-orders.ts';
import { QueueConsumer } from '../../lib/queue-consumer.ts';
import { QueueDoctor } from 'queue-doctor/cdk';
import { QueuePair, type QueuePairProps } from '../../lib/queue-pair.ts';
import { newOutputFolder } from './synthesize.ts';

const settings = {
  timeoutSeconds: 7,
  memoryMb: 512,
  batchSize: 10,
  windowSeconds: 0,
  maximumConcurrency: 3,
  partialBatchResponses: true,
};
const queue = { name: 'work', consumer: settings };
const deadLetterQueue = { name: 'failed-work', maxReceiveCount: 4 };

/** A stack of somebody else's, looked at by the doctor. */
function pairAndConsumer(props: QueuePairProps, runtime?: Runtime) {
  const stack = new Stack(new App({ outdir: newOutputFolder(), analyticsReporting: false }), 'Theirs');
  const pair = new QueuePair(stack, 'Queues', props);
  const consumer = new QueueConsumer(stack, 'Worker', {
    name: 'worker',
    description: 'Works.',
    code: Code.fromInline('def handler(event, context): return {}'),
    handler: 'index.handler',
    queue: pair.queue,
    settings,
    ...(runtime !== undefined && { runtime }),
  });
  Aspects.of(stack).add(new QueueDoctor());
  return { pair, consumer, template: Template.fromStack(stack) };
}

describe('a queue pair in a stack of somebody else', () => {
  const { pair, template } = pairAndConsumer({ queue, deadLetterQueue });

  test('is two queues, with defaults that the doctor finds nothing wrong with', () => {
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'Theirs-work',
      VisibilityTimeout: 42,
      MessageRetentionPeriod: 345_600,
      RedrivePolicy: { maxReceiveCount: 4 },
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'Theirs-failed-work',
      VisibilityTimeout: Match.absent(),
      MessageRetentionPeriod: 1_209_600,
      RedrivePolicy: Match.absent(),
    });
    expect(pair.lastStop).toBe(pair.deadLetterQueue);
  });

  test('is FIFO in all its queues, or in none', () => {
    const parkingQueue = { name: 'parked-work', maxReceiveCount: 9 };
    const { pair: fifo, template: theirs } = pairAndConsumer({ queue, deadLetterQueue, parkingQueue, fifo: true });
    theirs.resourcePropertiesCountIs('AWS::SQS::Queue', { FifoQueue: true }, 3);
    for (const name of ['work', 'failed-work', 'parked-work']) {
      theirs.hasResourceProperties('AWS::SQS::Queue', { QueueName: `Theirs-${name}.fifo` });
    }
    expect(fifo.lastStop).not.toBe(fifo.deadLetterQueue);
  });
});

describe('a queue consumer in a stack of somebody else', () => {
  test('may do what its mapping and its logs need, and nothing else', () => {
    const { template } = pairAndConsumer({ queue, deadLetterQueue });
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    expect(policy).toMatchObject({
      Properties: {
        PolicyDocument: {
          Statement: [
            { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] },
            { Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] },
          ],
        },
      },
    });
    template.resourceCountIs('AWS::IAM::Policy', 1);
  });

  test('takes grants of other constructs for what is spelled out elsewhere', () => {
    const { pair, consumer, template } = pairAndConsumer({ queue, deadLetterQueue });
    const before = JSON.stringify(template.findResources('AWS::IAM::Policy'));
    pair.deadLetterQueue.grantSendMessages(consumer.function);
    expect(JSON.stringify(Template.fromStack(Stack.of(pair)).findResources('AWS::IAM::Policy'))).toBe(before);
  });

  test('may be written in another language', () => {
    const { template } = pairAndConsumer({ queue, deadLetterQueue }, Runtime.PYTHON_3_13);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'python3.13',
      MemorySize: 512,
      Environment: Match.absent(),
    });
  });
});

describe('process-orders is told after how many receives its queue moves a message', () => {
  test.each<[string, (stack: Stack) => IQueue, string]>([
    ['a pair', (stack) => new QueuePair(stack, 'Pair', { queue, deadLetterQueue }).queue, '4'],
    ['a queue without a dead-letter queue', (stack) => new Queue(stack, 'Alone'), '0'],
    ['an imported queue', (stack) => Queue.fromQueueArn(stack, 'Far', 'arn:aws:sqs:eu-west-1:111122223333:far'), '7'],
  ])('of %s', (_, queueIn, told) => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] }, outdir: newOutputFolder() });
    const stack = new Stack(app, 'Theirs');
    const processOrders = new ProcessOrders(stack, 'ProcessOrders', {
      settings: presets.production.processOrders,
      orders: queueIn(stack),
      maxReceiveCount: 7,
      table: new Table(stack, 'Table', { partitionKey: { name: 'pk', type: AttributeType.STRING } }),
      logCustomerNames: false,
    });
    expect(processOrders.name).toBe('process-orders');
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ MAX_RECEIVE_COUNT: told }) },
    });
  });
});
