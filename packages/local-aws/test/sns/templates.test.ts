import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../src/testing/eventually.ts';
import { functionWith, queueWith } from '../../src/testing/written-assembly.ts';
import { envelopeOf, queueArn, type SnsHarness, startSns, topicArn } from './sns-harness.ts';
import { arnOf, forSns, keyFor, permissionOf, queuePolicyOf, subscriptionWith, topicWith } from './template-parts.ts';

const listens = 'exports.handler = async (event) => console.log(JSON.stringify(event));';
/** Publishes to the topic that its event names, and answers the error's name and message. */
const publishes = `
const { SNSClient, PublishCommand } = require('@aws-sdk/client-sns');
exports.handler = async ({ TopicArn }) => {
  try {
    return await new SNSClient({}).send(new PublishCommand({ TopicArn, Message: 'from a function' }));
  } catch (error) {
    return { name: error.name, message: error.message };
  }
};`;

const resources = {
  News: topicWith({ TopicName: 'news', DisplayName: 'News', Tags: [{ Key: 'a', Value: 'b' }] }),
  Queue: queueWith({ QueueName: 'queue' }),
  QueuePolicy: queuePolicyOf('Queue'),
  ToQueue: subscriptionWith({
    Protocol: 'sqs',
    Endpoint: arnOf('Queue'),
    FilterPolicy: { kind: ['good'] },
    RawMessageDelivery: true,
  }),
  Mail: subscriptionWith({ Protocol: 'email', Endpoint: 'ops@example.com' }),
  MailJson: subscriptionWith({ Protocol: 'email-json', Endpoint: 'json@example.com' }),
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
      },
      Policies: [
        {
          PolicyName: 'publish',
          PolicyDocument: {
            Statement: [{ Effect: 'Allow', Action: 'sns:Publish', Resource: [{ Ref: 'News' }, { Ref: 'Secret' }] }],
          },
        },
      ],
    },
  },
  Listener: functionWith({ FunctionName: 'listener', Code: { ZipFile: listens } }),
  Allow: permissionOf('Listener'),
  ToListener: subscriptionWith({ Protocol: 'lambda', Endpoint: arnOf('Listener') }),
  Stranger: functionWith({ FunctionName: 'stranger', Code: { ZipFile: listens } }),
  Dead: queueWith({ QueueName: 'dead' }),
  DeadPolicy: queuePolicyOf('Dead'),
  ToStranger: subscriptionWith({
    Protocol: 'lambda',
    Endpoint: arnOf('Stranger'),
    RedrivePolicy: { deadLetterTargetArn: arnOf('Dead') },
  }),
  Publisher: functionWith({ FunctionName: 'publisher', Code: { ZipFile: publishes } }),
  Other: topicWith({ TopicName: 'other' }),
  Open: topicWith({ TopicName: 'open' }),
  OpenPolicy: {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [{ Ref: 'Open' }],
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Principal: { AWS: arnOf('Role') }, Action: 'sns:Publish', Resource: { Ref: 'Open' } },
        ],
      },
    },
  },
  ShutPolicy: {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [{ Ref: 'Shut' }],
      PolicyDocument: {
        Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: { Ref: 'Shut' } }],
      },
    },
  },
  Shut: topicWith({ TopicName: 'shut' }),
  Secret: topicWith({ TopicName: 'secret', KmsMasterKeyId: arnOf('Key') }),
  Key: keyFor([forSns]),
  Encrypted: queueWith({ QueueName: 'encrypted', KmsMasterKeyId: arnOf('Key') }),
  EncryptedPolicy: queuePolicyOf('Encrypted'),
  ToEncrypted: subscriptionWith({ Protocol: 'sqs', Endpoint: arnOf('Encrypted') }),
  Locked: queueWith({ QueueName: 'locked', KmsMasterKeyId: 'alias/aws/sqs' }),
  LockedPolicy: queuePolicyOf('Locked'),
  ToLocked: subscriptionWith({ Protocol: 'sqs', Endpoint: arnOf('Locked') }),
};

let sns: SnsHarness;

beforeAll(async () => {
  sns = await startSns(resources);
});

const news = topicArn('news');
const good = { kind: { DataType: 'String', StringValue: 'good' } };

/** What the function logs next. */
const logged = async (functionName: string) => {
  const events = await eventually(
    () =>
      sns.watch
        .ofType('log')
        .filter((event) => event.functionName === functionName && event.message.includes('Records')),
    ({ length }) => length > 0,
  );
  const line = events.at(-1)?.message ?? '';
  return JSON.parse(line.slice(line.indexOf('{'), line.lastIndexOf('}') + 1)) as { Records: [Record<string, unknown>] };
};

const publishedBy = async (TopicArn: string) => {
  const { payload } = await sns.runtime.lambda.invoke('publisher', JSON.stringify({ TopicArn }));
  return JSON.parse(payload) as Record<string, string>;
};

describe('a template', () => {
  test('has its topic, its subscriptions and its policies served', async () => {
    const model = sns.runtime.model;
    expect(model.skipped).toEqual([]);
    const { MessageId } = await sns.publish({ TopicArn: news, Message: 'to all', MessageAttributes: good });
    expect(await sns.drain('queue')).toMatchObject([{ Body: 'to all' }]);

    const event = await logged('listener');
    const [{ Sns: told, ...record }] = event.Records;
    expect(record).toEqual({
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: expect.stringMatching(/^arn:aws:sns:us-east-1:000000000000:news:[\da-f-]{36}$/),
    });
    expect(told).toEqual({
      Type: 'Notification',
      MessageId,
      TopicArn: news,
      Subject: null,
      Message: 'to all',
      Timestamp: '2026-01-01T00:00:00.000Z',
      SignatureVersion: '1',
      Signature: expect.any(String),
      SigningCertUrl: expect.stringContaining('https://sns.us-east-1.amazonaws.com/'),
      UnsubscribeUrl: expect.stringContaining('?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:'),
      MessageAttributes: { kind: { Type: 'String', Value: 'good' } },
    });
  });

  test('mails to its addresses without asking them, from the display name of the topic', async () => {
    await sns.publish({ TopicArn: news, Message: 'Hello', Subject: 'Greeting' });
    const mailTo = (address: string) => sns.mailbox.mails().findLast(({ to }) => to.includes(address));
    expect(mailTo('ops@example.com')).toMatchObject({
      from: 'News <no-reply@sns.amazonaws.com>',
      subject: 'Greeting',
      text: expect.stringMatching(/^Hello\n/),
    });
    expect(JSON.parse(mailTo('json@example.com')?.text ?? '')).toMatchObject({
      Type: 'Notification',
      Message: 'Hello',
    });
    expect(await sns.drain('queue')).toEqual([]);
  });

  test('does not invoke a function that has no permission for SNS: its message is a dead letter', async () => {
    await sns.drain('dead');
    await sns.publish({ TopicArn: news, Message: 'for nobody' });
    const [letter] = await sns.drain('dead');
    expect(envelopeOf(letter!)).toMatchObject({ Message: 'for nobody' });
    expect(sns.watch.ofType('delivery-failed').findLast(({ protocol }) => protocol === 'lambda')).toMatchObject({
      endpoint: 'stranger',
      deadLetterQueueName: 'dead',
      reason: expect.stringContaining('sns.amazonaws.com is not authorized to perform: lambda:InvokeFunction'),
    });
  });

  test('sends to an encrypted queue whose key SNS may use, and to none with a key of AWS', async () => {
    await sns.drain('encrypted');
    await sns.publish({ TopicArn: news, Message: 'a' });
    expect(await sns.drain('encrypted')).toHaveLength(1);
    expect(await sns.drain('locked')).toEqual([]);
    expect(sns.watch.ofType('delivery-failed').findLast(({ endpoint }) => endpoint === 'locked')?.reason).toContain(
      'kms:GenerateDataKey on resource: alias/aws/sqs',
    );
  });

  test('lets functions publish by their policies and by those of the topic, and denies in the words of SNS', async () => {
    expect(await publishedBy(news)).toHaveProperty('MessageId');
    expect(await publishedBy(topicArn('open'))).toHaveProperty('MessageId');
    expect(await publishedBy(topicArn('other'))).toEqual({
      name: 'AuthorizationErrorException',
      message: expect.stringMatching(
        /^User: arn:aws:sts::000000000000:assumed-role\/\S+\/publisher is not authorized to perform: SNS:Publish on resource: arn:aws:sns:us-east-1:000000000000:other because no identity-based policy allows the SNS:Publish action$/,
      ),
    });
    expect((await publishedBy(topicArn('shut')))['name']).toBe('AuthorizationErrorException');
  });

  test('needs permission for the key of an encrypted topic', async () => {
    expect(await publishedBy(topicArn('secret'))).toEqual({
      name: 'KMSAccessDeniedException',
      message: expect.stringContaining('is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:'),
    });
  });
});

test('a changed template is taken on while clients keep what they subscribed', async () => {
  const own = await sns.createQueue('own');
  await sns.subscribe(news, 'sqs', own, { RawMessageDelivery: 'true' });
  const { ToListener: _, ToStranger: __, Mail: ___, MailJson: ____, ToQueue, ...others } = resources;
  const changed = { ...ToQueue, Properties: { ...ToQueue.Properties, FilterPolicy: { kind: ['better'] } } };
  await sns.reload({ ...others, ToQueue: changed, Extra: topicWith({ TopicName: 'extra' }) });
  await sns.publish({ TopicArn: news, Message: 'good', MessageAttributes: good });
  await sns.publish({ TopicArn: topicArn('extra'), Message: 'there' });
  expect(await sns.drain('queue')).toEqual([]);
  expect(await sns.drain('own')).toMatchObject([{ Body: 'good' }]);
  const { Subscriptions = [] } = await sns.client.send(new ListSubscriptionsByTopicCommand({ TopicArn: news }));
  expect(Subscriptions.map(({ Endpoint = '' }) => Endpoint).toSorted()).toEqual(
    [queueArn('encrypted'), queueArn('locked'), queueArn('own'), queueArn('queue')].toSorted(),
  );
  await sns.reload(others);
  await expect(sns.publish({ TopicArn: topicArn('extra'), Message: 'gone' })).rejects.toThrow('Topic does not exist');
});

test('an endpoint that a client subscribed has one subscription when the template subscribes it, too', async () => {
  const Queue = queueWith({ QueueName: 'late' });
  const shop = { News: topicWith({ TopicName: 'news' }), Queue, Policy: queuePolicyOf('Queue') };
  await sns.reload(shop);
  await sns.subscribe(news, 'sqs', queueArn('late'));
  await sns.reload({
    ...shop,
    Late: subscriptionWith({ Protocol: 'sqs', Endpoint: arnOf('Queue'), RawMessageDelivery: true }),
  });
  await sns.publish({ TopicArn: news, Message: 'once' });
  expect(await sns.drain('late')).toMatchObject([{ Body: 'once' }]);
});

test('a condition on a key that SNS does not send is refused before it decides', async () => {
  const { QueuePolicy } = resources;
  const [statement] = QueuePolicy.Properties.PolicyDocument.Statement;
  const Odd = {
    ...QueuePolicy,
    Properties: {
      ...QueuePolicy.Properties,
      PolicyDocument: { Statement: [{ ...statement, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o' } } }] },
    },
  };
  await expect(sns.reload({ ...resources, QueuePolicy: Odd })).rejects.toThrow('CONDITION_UNSUPPORTED');
});
