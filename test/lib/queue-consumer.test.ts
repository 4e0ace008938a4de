import { describe, expect, test } from '@jest/globals';
import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { InvalidConfigurationError } from '../../lib/configuration/settings.ts';
import { QueueConsumer, type QueueConsumerProps } from '../../lib/queue-consumer.ts';
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
const account = '111122223333';
const queueArn = `arn:aws:sqs:eu-west-1:${account}:far`;
const newApp = () => new App({ outdir: newOutputFolder(), analyticsReporting: false });

const pairIn = (scope: Stack, more: Partial<QueuePairProps> = {}) =>
  new QueuePair(scope, 'Queues', {
    queue: { name: 'work', consumer: settings },
    deadLetterQueue: { name: 'failed-work', maxReceiveCount: 4 },
    ...more,
  });

const consume = (scope: Stack, queue: IQueue, more: Partial<QueueConsumerProps> = {}) =>
  new QueueConsumer(scope, 'Worker', {
    name: 'worker',
    description: 'Works.',
    code: Code.fromInline('exports.handler = async () => ({ batchItemFailures: [] })'),
    handler: 'index.handler',
    queue,
    settings,
    ...more,
  });

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What the consumer's role in a stack may do, by the action. */
function permissionsIn(stack: Stack): Readonly<Record<string, unknown>> {
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')) as {
    readonly Properties: { readonly PolicyDocument: { readonly Statement: readonly Statement[] } };
  }[];
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  return Object.fromEntries(
    statements.flatMap(({ Action, Resource }) => [Action].flat().map((each) => [each, Resource])),
  );
}

const imported = (name: RegExp) => ({ 'Fn::ImportValue': expect.stringMatching(name) });
const attribute = (id: RegExp) => ({ 'Fn::GetAtt': [expect.stringMatching(id), 'Arn'] });

describe('a queue consumer may receive from its queue, and decrypt its messages', () => {
  test('where a pair has a key', () => {
    const stack = new Stack(newApp(), 'Theirs');
    consume(stack, pairIn(stack, { encryptionKey: new Key(stack, 'Key') }).queue);
    expect(permissionsIn(stack)).toMatchObject({
      'sqs:ReceiveMessage': attribute(/^QueuesWork/),
      'kms:Decrypt': attribute(/^Key/),
    });
  });

  test('where the key is an alias, which IAM does not take for a resource', () => {
    const stack = new Stack(newApp(), 'Theirs');
    const encryptionKey = new Alias(stack, 'Alias', { aliasName: 'alias/theirs', targetKey: new Key(stack, 'Key') });
    consume(stack, pairIn(stack, { encryptionKey }).queue);
    expect(permissionsIn(stack)).toMatchObject({ 'kms:Decrypt': attribute(/^Key/) });
  });

  test('from another stack', () => {
    const app = newApp();
    const [theirs, others] = [new Stack(app, 'Theirs'), new Stack(app, 'Others')];
    consume(others, pairIn(theirs, { encryptionKey: new Key(theirs, 'Key') }).queue);
    expect(permissionsIn(others)).toMatchObject({
      'sqs:ReceiveMessage': imported(/^Theirs:.*QueuesWork/),
      'kms:Decrypt': imported(/^Theirs:.*Key/),
    });
  });

  test('from a nested stack', () => {
    const stack = new Stack(newApp(), 'Theirs');
    const nested = new NestedStack(stack, 'Inner');
    consume(nested, pairIn(stack, { encryptionKey: new Key(stack, 'Key') }).queue);
    expect(permissionsIn(nested)).toMatchObject({
      'sqs:ReceiveMessage': { Ref: expect.stringMatching(/QueuesWork\w+Arn$/) },
      'kms:Decrypt': { Ref: expect.stringMatching(/Key\w+Arn$/) },
    });
  });

  test('where the queue was imported with its key', () => {
    const stack = new Stack(newApp(), 'Theirs');
    const keyArn = `arn:aws:kms:eu-west-1:${account}:key/0a1b`;
    consume(stack, Queue.fromQueueAttributes(stack, 'Far', { queueArn, keyArn }));
    expect(permissionsIn(stack)).toMatchObject({ 'sqs:ReceiveMessage': queueArn, 'kms:Decrypt': keyArn });
    expect(warningsOf(stack)).toEqual([]);
  });
});

const warningsOf = (stack: Stack) =>
  (stack.node.root as App)
    .synth()
    .getStackByName(stack.stackName)
    .messages.map(({ entry }) => JSON.stringify(entry.data));

describe('a queue consumer says at synthesis', () => {
  test('what nobody sees of a queue that was imported by its ARN', () => {
    const stack = new Stack(newApp(), 'Theirs');
    consume(stack, Queue.fromQueueArn(stack, 'Far', queueArn));
    expect(permissionsIn(stack)).toMatchObject({ 'sqs:ReceiveMessage': queueArn });
    expect(warningsOf(stack)).toEqual([
      expect.stringMatching(/worker consumes a queue that was imported by its ARN.*fromQueueAttributes\(.*keyArn/),
    ]);
  });

  test.each([
    ['of another region', { account, region: 'us-east-1' }, 'Lambda polls only queues of its own region.'],
    ['of another account', { account: '444455556666', region: 'eu-west-1' }, 'must allow the role of worker'],
  ])('that it cannot consume an imported queue %s', (_, env, why) => {
    const stack = new Stack(newApp(), 'Theirs', { env });
    expect(() => consume(stack, Queue.fromQueueArn(stack, 'Far', queueArn))).toThrow(InvalidConfigurationError);
    expect(() => consume(stack, Queue.fromQueueArn(stack, 'Far2', queueArn))).toThrow(why);
  });

  test('that it cannot consume a queue of a stack in another region', () => {
    const app = newApp();
    const [theirs, others] = ['eu-west-1', 'us-east-1'].map(
      (region) => new Stack(app, `In-${region}`, { env: { account, region } }),
    );
    expect(() => consume(others!, pairIn(theirs!).queue)).toThrow(
      'worker is deployed into us-east-1, and its queue is in eu-west-1: Lambda polls only queues of its own region.',
    );
  });
});

const logsStatement = (prefix: string) =>
  expect.objectContaining({
    Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
    Condition: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': {
          'Fn::Join': ['', expect.arrayContaining([`:log-group:${prefix}-*`])],
        },
      },
    },
  }) as unknown;
const keyPolicyIn = (stack: Stack) =>
  Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key')).map(
    (key) =>
      (key as { readonly Properties: { readonly KeyPolicy: { readonly Statement: readonly object[] } } }).Properties
        .KeyPolicy.Statement,
  );

describe('the logs of a consumer with a key', () => {
  test.each<[string, (stack: Stack) => Stack, string]>([
    ['in its own stack', (stack) => stack, 'Theirs'],
    [
      'in a nested stack, whose name begins with that of its parent',
      (stack) => new NestedStack(stack, 'Inner'),
      'Theirs',
    ],
    ['in another stack', (stack) => new Stack(stack.node.root, 'Others'), 'Others'],
  ])('may be encrypted by CloudWatch: %s', (_, where, prefix) => {
    const stack = new Stack(newApp(), 'Theirs');
    const encryptionKey = new Key(stack, 'Key');
    consume(where(stack), pairIn(stack).queue, { encryptionKey });
    expect(keyPolicyIn(stack)).toEqual([[expect.anything(), logsStatement(prefix)]]);
  });

  test('that was imported are a warning, because its policy is not seen', () => {
    const stack = new Stack(newApp(), 'Theirs');
    const encryptionKey = Key.fromKeyArn(stack, 'Key', `arn:aws:kms:eu-west-1:${account}:key/0a1b`);
    consume(stack, pairIn(stack).queue, { encryptionKey });
    expect(warningsOf(stack)).toEqual([
      expect.stringMatching(/The key of worker's logs was imported: its policy must let logs\..* log-group:Theirs-\*/),
    ]);
  });
});

describe('a pair of queues in a nested stack', () => {
  test('has names that are known at synthesis, and those of two nested stacks differ', () => {
    const stack = new Stack(newApp(), 'Theirs');
    const nestedStacks = ['One', 'Two'].map((id) => new NestedStack(stack, id));
    for (const nested of nestedStacks) pairIn(nested);
    const names = nestedStacks.map((nested) => {
      const queues = Object.values(Template.fromStack(nested).findResources('AWS::SQS::Queue'));
      return queues.map((queue) => (queue as { Properties: { QueueName: string } }).Properties.QueueName).toSorted();
    });
    expect(names).toEqual([
      ['Theirs-One-failed-work', 'Theirs-One-work'],
      ['Theirs-Two-failed-work', 'Theirs-Two-work'],
    ]);
  });

  test('is refused when its names are longer than SQS takes', () => {
    const nested = new NestedStack(new Stack(newApp(), 'S'.repeat(60)), 'InnerStack');
    expect(() => pairIn(nested)).toThrow(/-InnerStack-failed-work has 83 characters, of which SQS takes 80/);
  });
});
