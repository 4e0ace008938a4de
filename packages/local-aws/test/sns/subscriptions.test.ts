import {
  ConfirmSubscriptionCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { accountId, pairOf, queueArn, type SnsHarness, startSns, topicArn } from './sns-harness.ts';

let sns: SnsHarness;

beforeAll(async () => {
  sns = await startSns();
});

const listed = async (TopicArn: string) =>
  (await sns.client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions ?? [];
const set = (SubscriptionArn: string, AttributeName: string, AttributeValue: string) =>
  sns.client.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
const unsubscribe = (SubscriptionArn: string) => sns.client.send(new UnsubscribeCommand({ SubscriptionArn }));

describe('a subscription', () => {
  test('of a queue of the account is confirmed, and has the attributes of AWS', async () => {
    const { topic, queue, subscription } = await pairOf(sns, 'whole');
    expect(await sns.attributesOf(subscription)).toEqual({
      ConfirmationWasAuthenticated: 'true',
      Endpoint: queue,
      Owner: accountId,
      PendingConfirmation: 'false',
      Protocol: 'sqs',
      RawMessageDelivery: 'false',
      SubscriptionArn: subscription,
      SubscriptionPrincipal: `arn:aws:iam::${accountId}:root`,
      TopicArn: topic,
    });
    const entry = {
      SubscriptionArn: subscription,
      Owner: accountId,
      Protocol: 'sqs',
      Endpoint: queue,
      TopicArn: topic,
    };
    expect(await listed(topic)).toEqual([entry]);
    expect((await sns.client.send(new ListSubscriptionsCommand({}))).Subscriptions).toContainEqual(entry);
  });

  test('is made once for an endpoint, and not with other attributes', async () => {
    const { topic, queue, subscription } = await pairOf(sns, 'once', { RawMessageDelivery: 'true' });
    expect(await sns.subscribe(topic, 'sqs', queue)).toBe(subscription);
    expect(await sns.subscribe(topic, 'sqs', queue, { RawMessageDelivery: 'TRUE' })).toBe(subscription);
    await expect(sns.subscribe(topic, 'sqs', queue, { RawMessageDelivery: 'false' })).rejects.toThrow(
      'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
    );
  });

  test('tells its filter policy with the scope, and its redrive policy', async () => {
    const { subscription } = await pairOf(sns, 'attributes');
    await set(subscription, 'FilterPolicyScope', 'MessageBody');
    expect(await sns.attributesOf(subscription)).not.toHaveProperty('FilterPolicyScope');
    await set(subscription, 'FilterPolicy', '{"a": {"b": ["x"]}}');
    await set(subscription, 'RedrivePolicy', JSON.stringify({ deadLetterTargetArn: queueArn('dead') }));
    expect(await sns.attributesOf(subscription)).toMatchObject({
      FilterPolicy: '{"a": {"b": ["x"]}}',
      FilterPolicyScope: 'MessageBody',
      RedrivePolicy: `{"deadLetterTargetArn":"${queueArn('dead')}"}`,
    });
    await expect(set(subscription, 'FilterPolicyScope', 'MessageAttributes')).rejects.toThrow(
      'Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy',
    );
  });

  test.each([
    ['Colour', 'red', 'Invalid parameter: AttributeName'],
    [
      'RawMessageDelivery',
      'test-ValUe',
      'Invalid parameter: RawMessageDelivery: Invalid value [test-ValUe]. Must be true or false.',
    ],
    [
      'RedrivePolicy',
      '{"deadLetterTargetArn":"fake"}',
      'Invalid parameter: RedrivePolicy: deadLetterTargetArn is an invalid arn',
    ],
    ['RedrivePolicy', '{invalid}', 'Invalid parameter: RedrivePolicy: failed to parse JSON.'],
    ['FilterPolicy', '{invalid}', 'Invalid parameter: FilterPolicy: failed to parse JSON.'],
    ['FilterPolicy', '{"a":"b"}', 'Invalid parameter: FilterPolicy: "a" must be an object or an array'],
    [
      'FilterPolicyScope',
      'RandomValue',
      'Invalid parameter: FilterPolicyScope: Invalid value [RandomValue]. Please use either MessageBody or MessageAttributes',
    ],
  ])('refuses %s %s in the words of AWS', async (name, value, message) => {
    const topic = await sns.createTopic('picky');
    const subscription = await sns.subscribe(topic, 'sqs', queueArn('picky'));
    await expect(set(subscription, name, value)).rejects.toMatchObject({ name: 'InvalidParameterException', message });
    if (name === 'Colour') return;
    await expect(sns.subscribe(topic, 'sqs', queueArn('other'), { [name]: value })).rejects.toThrow(
      message.replace('Invalid parameter: ', 'Invalid parameter: Attributes Reason: '),
    );
  });

  test.each([
    ['test-protocol', 'x', 'Invalid parameter: Amazon SNS does not support this protocol string: test-protocol'],
    ['sqs', 'http://127.0.0.1/000000000000/q', 'Invalid parameter: SQS endpoint ARN'],
    ['email', 'nobody', 'Invalid parameter: Email address'],
    ['https', 'https://example.com', 'The local endpoint does not implement sns: deliveries by https.'],
  ])('by %s to %s is refused', async (protocol, endpoint, message) => {
    await expect(sns.subscribe(await sns.createTopic('strict'), protocol, endpoint)).rejects.toThrow(message);
  });

  test('needs a topic', async () => {
    await expect(sns.subscribe(topicArn('nowhere'), 'sqs', queueArn('q'))).rejects.toThrow('Topic does not exist');
    await expect(sns.subscribe('a:b:c:d:e', 'sqs', queueArn('q'))).rejects.toThrow(
      'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 5',
    );
  });

  test('ends once and for all, and need not be there', async () => {
    const { topic, subscription } = await pairOf(sns, 'ended');
    await unsubscribe(subscription);
    await unsubscribe(subscription);
    expect(await listed(topic)).toEqual([]);
    await expect(sns.attributesOf(subscription)).rejects.toMatchObject({ name: 'NotFoundException' });
    await sns.publish({ TopicArn: topic, Message: 'a' });
    expect(await sns.drain('ended')).toEqual([]);
    const { Attributes } = await sns.client.send(new GetTopicAttributesCommand({ TopicArn: topic }));
    expect(Attributes).toMatchObject({ SubscriptionsConfirmed: '0', SubscriptionsDeleted: '1' });
  });

  test.each([
    ['randomstring', 'Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 1'],
    [`${topicArn('a')}:not-an-id`, 'Invalid parameter: SubscriptionId'],
    ['', 'Invalid parameter: SubscriptionArn Reason: no value for required parameter'],
  ])('cannot be ended by the name of %j', async (arn, message) => {
    await expect(unsubscribe(arn)).rejects.toMatchObject({ name: 'InvalidParameterException', message });
  });
});

const mailsTo = (address: string) => sns.mailbox.mails().filter(({ to }) => to.includes(address));

describe('a mail address that a client subscribes', () => {
  test('gets a mail to confirm, and nothing else before it does', async () => {
    const topic = await sns.createTopic('mailing');
    const command = new SubscribeCommand({ TopicArn: topic, Protocol: 'email', Endpoint: 'a@b.example' });
    expect((await sns.client.send(command)).SubscriptionArn).toBe('pending confirmation');
    await sns.publish({ TopicArn: topic, Message: 'too early' });
    const [mail, ...others] = mailsTo('a@b.example');
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ subject: 'AWS Notification - Subscription Confirmation', source: 'sns' });
    expect(await listed(topic)).toMatchObject([{ SubscriptionArn: 'PendingConfirmation', Endpoint: 'a@b.example' }]);

    const Token = /--token (\w+)/.exec(mail?.text ?? '')?.[1];
    const confirm = new ConfirmSubscriptionCommand({ TopicArn: topic, Token });
    const { SubscriptionArn = '' } = await sns.client.send(confirm);
    expect((await sns.client.send(confirm)).SubscriptionArn).toBe(SubscriptionArn);
    expect(await sns.attributesOf(SubscriptionArn)).toMatchObject({ PendingConfirmation: 'false' });
    await sns.publish({ TopicArn: topic, Message: 'Hello', Subject: 'News' });
    expect(mailsTo('a@b.example').at(-1)).toMatchObject({
      from: 'AWS Notifications <no-reply@sns.amazonaws.com>',
      subject: 'News',
      text: expect.stringMatching(/^Hello\n\n--\n/),
    });
  });

  test('is not confirmed by another token', async () => {
    const TopicArn = await sns.createTopic('mailing');
    const confirm = (Token: string) => sns.client.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
    await expect(confirm('randomtoken')).rejects.toThrow('Invalid token');
    await expect(confirm('a'.repeat(288))).rejects.toThrow('Invalid parameter: Token');
  });
});
