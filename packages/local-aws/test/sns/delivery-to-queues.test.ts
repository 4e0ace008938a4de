import { SetSubscriptionAttributesCommand } from '@aws-sdk/client-sns';
import { DeleteQueueCommand, GetQueueUrlCommand, type Message } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  accountId,
  envelopeOf,
  pairOf,
  queueArn,
  queuePolicy,
  type SnsHarness,
  startSns,
  topicArn,
} from './sns-harness.ts';

let sns: SnsHarness;

beforeAll(async () => {
  sns = await startSns();
});

const number = (StringValue: string) => ({ DataType: 'Number', StringValue });

describe('a message to a queue', () => {
  test('comes in the envelope of SNS, its members in the order of AWS', async () => {
    const { topic, subscription } = await pairOf(sns, 'enveloped');
    const { MessageId } = await sns.publish({
      TopicArn: topic,
      Subject: 'News',
      Message: 'öæ "quoted"',
      MessageAttributes: { price: number('99.12') },
    });
    const [message] = await sns.drain('enveloped');
    expect(Object.entries(envelopeOf(message!))).toEqual([
      ['Type', 'Notification'],
      ['MessageId', MessageId],
      ['TopicArn', topicArn('enveloped')],
      ['Subject', 'News'],
      ['Message', 'öæ "quoted"'],
      ['Timestamp', '2026-01-01T00:00:00.000Z'],
      ['SignatureVersion', '1'],
      ['Signature', expect.stringMatching(/^[A-Za-z0-9+/]+=*$/)],
      [
        'SigningCertURL',
        expect.stringMatching(
          /^https:\/\/sns\.us-east-1\.amazonaws\.com\/SimpleNotificationService-[0-9a-f]{32}\.pem$/,
        ),
      ],
      ['UnsubscribeURL', `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscription}`],
      ['MessageAttributes', { price: { Type: 'Number', Value: '99.12' } }],
    ]);
    expect(message?.Body?.split('\n')[1]).toBe('  "Type" : "Notification",');
    expect(message?.MessageAttributes).toBeUndefined();
  });

  test('without a subject and attributes has no such members', async () => {
    const { topic } = await pairOf(sns, 'plain');
    await sns.publish({ TargetArn: topic, Message: 'a' });
    const [message] = await sns.drain('plain');
    expect(Object.keys(envelopeOf(message!))).not.toEqual(expect.arrayContaining(['Subject']));
    expect(envelopeOf(message!)).not.toHaveProperty('MessageAttributes');
  });

  test('raw is the message itself, with its attributes', async () => {
    const { topic } = await pairOf(sns, 'raw', { RawMessageDelivery: 'true' });
    await sns.publish({
      TopicArn: topic,
      Message: 'text',
      Subject: 'not sent',
      MessageAttributes: {
        price: number('99.12'),
        bytes: { DataType: 'Binary', BinaryValue: Buffer.from([2, 3, 4]) },
        names: { DataType: 'String.Array', StringValue: '["a"]' },
      },
    });
    const [message] = await sns.drain('raw');
    expect(message?.Body).toBe('text');
    expect(message?.MessageAttributes).toEqual({
      price: number('99.12'),
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([2, 3, 4]) },
      names: { DataType: 'String.Array', StringValue: '["a"]' },
    });
  });

  test('of a structure in JSON is the text for queues, or the default one, without attributes', async () => {
    const { topic } = await pairOf(sns, 'structured');
    const published = { TopicArn: topic, MessageStructure: 'json', MessageAttributes: { price: number('1') } };
    await sns.publish({ ...published, Message: '{"default":"all","sqs":"{\\"a\\": 1}"}' });
    await sns.publish({ ...published, Message: '{"default":"all","lambda":"other","sqs":5}' });
    const messages = await sns.drain('structured');
    expect(messages.map((message) => envelopeOf(message)['Message'])).toEqual(['{"a": 1}', 'all']);
    expect(messages.map((message) => envelopeOf(message)['MessageAttributes'])).toEqual([undefined, undefined]);
  });

  test('brings the group of the publisher and the trace along', async () => {
    const { topic } = await pairOf(sns, 'fair');
    const trace = 'Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1';
    sns.client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-amzn-trace-id'] = trace;
        return next(args);
      },
      { step: 'build', name: 'trace' },
    );
    await sns.publish({ TopicArn: topic, Message: 'a', MessageGroupId: 'tenant-1' });
    sns.client.middlewareStack.remove('trace');
    const [message] = await sns.drain('fair');
    expect(message?.Attributes).toMatchObject({ MessageGroupId: 'tenant-1', AWSTraceHeader: trace });
  });

  test('goes to every subscription, and to none that was taken back', async () => {
    const { topic } = await pairOf(sns, 'first');
    await sns.subscribe(topic, 'sqs', await sns.createQueue('second'));
    await sns.publish({ TopicArn: topic, Message: 'a' });
    expect(await sns.drain('first')).toHaveLength(1);
    expect(await sns.drain('second')).toHaveLength(1);
    expect(sns.watch.ofType('messages-published').at(-1)).toMatchObject({
      topicName: 'first',
      messages: [{ body: 'a', deliveries: 2, filtered: 0, isDuplicate: false }],
    });
  });
});

const failures = (topicName: string) =>
  sns.watch.ofType('delivery-failed').filter((event) => event.topicName === topicName);

describe('a message that a queue does not take', () => {
  beforeAll(() => sns.createQueue('conditioned'));

  test('because the policy of the queue does not allow SNS, is lost, and the console is told', async () => {
    const { topic } = await pairOf(sns, 'closed');
    await sns.setQueuePolicy('closed', '');
    await sns.publish({ TopicArn: topic, Message: 'a' });
    expect(await sns.drain('closed')).toEqual([]);
    expect(failures('closed')).toMatchObject([
      {
        endpoint: 'closed',
        reason: expect.stringContaining(
          `User: sns.amazonaws.com is not authorized to perform: sqs:sendmessage on resource: ${queueArn('closed')}`,
        ),
      },
    ]);
    expect(failures('closed')[0]).not.toHaveProperty('deadLetterQueueName');
  });

  test.each([
    ['for this topic', { ArnEquals: { 'aws:SourceArn': topicArn('conditioned') } }, 1],
    ['for topics like this', { ArnLike: { 'aws:SourceArn': topicArn('cond*') } }, 1],
    ['for this account', { StringEquals: { 'aws:SourceAccount': accountId } }, 1],
    ['for another topic', { ArnEquals: { 'aws:SourceArn': topicArn('another') } }, 0],
    ['for another account', { StringEquals: { 'aws:SourceAccount': '111122223333' } }, 0],
  ])('as its policy says: %s', async (_what, condition, count) => {
    const topic = await sns.createTopic('conditioned');
    await sns.subscribe(topic, 'sqs', queueArn('conditioned'));
    await sns.setQueuePolicy('conditioned', queuePolicy('conditioned', condition));
    await sns.publish({ TopicArn: topic, Message: 'a' });
    expect(await sns.drain('conditioned')).toHaveLength(count);
  });

  test('because a statement denies what another allows, is lost', async () => {
    const { topic } = await pairOf(sns, 'denied');
    const [allow] = queuePolicy('denied').Statement;
    const deny = { ...allow, Effect: 'Deny', Principal: '*' };
    await sns.setQueuePolicy('denied', { Statement: [allow, deny] });
    await sns.publish({ TopicArn: topic, Message: 'a' });
    await sns.setQueuePolicy('denied', {
      Statement: [allow, { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
    });
    await sns.publish({ TopicArn: topic, Message: 'b' });
    expect((await sns.drain('denied')).map((message) => envelopeOf(message)['Message'])).toEqual(['b']);
  });

  test.each<[string, Record<string, string>, (letter: Message) => unknown]>([
    ['in its envelope', {}, (letter) => envelopeOf(letter)['Message']],
    ['raw', { RawMessageDelivery: 'true' }, (letter) => letter.Body],
  ])('goes to the dead-letter queue of the subscription at once: %s', async (what, attributes, textOf) => {
    const name = `deleted-${what.at(-1)}`;
    const deadLetterTargetArn = await sns.createQueue(`${name}-dead`);
    const { topic } = await pairOf(sns, name, {
      ...attributes,
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn }),
    });
    const { QueueUrl } = await sns.sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    await sns.sqs.send(new DeleteQueueCommand({ QueueUrl }));
    await sns.publish({ TopicArn: topic, Message: 'a', MessageAttributes: { price: number('1') } });
    const letters = await sns.drain(`${name}-dead`);
    expect(letters.map(textOf)).toEqual(['a']);
    expect(JSON.stringify(letters)).toContain('price');
    expect(failures(name)).toMatchObject([
      { reason: `There is no queue ${queueArn(name)}.`, deadLetterQueueName: `${name}-dead` },
    ]);
  });

  test('because it has more than ten attributes and is raw, is lost', async () => {
    const { topic } = await pairOf(sns, 'many', { RawMessageDelivery: 'true' });
    const MessageAttributes = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, number('1')]));
    await sns.publish({ TopicArn: topic, Message: 'a', MessageAttributes });
    expect(await sns.drain('many')).toEqual([]);
    expect(failures('many')).toMatchObject([{ reason: expect.stringContaining('exceeds the allowed maximum') }]);
  });

  test('has a dead-letter queue whose policy counts as well', async () => {
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: await sns.createQueue('shut-dead', {}, { Statement: [] }),
    });
    const { topic } = await pairOf(sns, 'shut', { RedrivePolicy });
    await sns.setQueuePolicy('shut', '');
    await sns.publish({ TopicArn: topic, Message: 'a' });
    expect(await sns.drain('shut-dead')).toEqual([]);
    expect(failures('shut')[0]?.reason).toMatch(/shut-dead did not take it: User: sns\.amazonaws\.com/);
  });
});

test('the attributes of a subscription take effect at once', async () => {
  const { topic, subscription } = await pairOf(sns, 'changed');
  const set = (AttributeName: string, AttributeValue: string) =>
    sns.client.send(
      new SetSubscriptionAttributesCommand({ SubscriptionArn: subscription, AttributeName, AttributeValue }),
    );
  await set('RawMessageDelivery', 'true');
  await sns.publish({ TopicArn: topic, Message: 'raw' });
  await set('RawMessageDelivery', 'false');
  await set('FilterPolicy', '{"kind":["good"]}');
  await sns.publish({ TopicArn: topic, Message: 'filtered' });
  await set('FilterPolicy', '');
  await sns.publish({ TopicArn: topic, Message: 'enveloped' });
  const [raw, enveloped, ...others] = await sns.drain('changed');
  expect([raw?.Body, envelopeOf(enveloped!)['Message'], others]).toEqual(['raw', 'enveloped', []]);
});
