import {
  AddPermissionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  RemovePermissionCommand,
  SetTopicAttributesCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { accountId, type SnsHarness, startSns, topicArn } from './sns-harness.ts';

let sns: SnsHarness;

beforeAll(async () => {
  sns = await startSns();
});

const attributes = async (arn: string) =>
  (await sns.client.send(new GetTopicAttributesCommand({ TopicArn: arn }))).Attributes ?? {};
const set = (arn: string, AttributeName: string, AttributeValue: string) =>
  sns.client.send(new SetTopicAttributesCommand({ TopicArn: arn, AttributeName, AttributeValue }));
const create = (name: string, given: Record<string, string> = {}) =>
  sns.client.send(new CreateTopicCommand({ Name: name, Attributes: given }));

const defaultStatement = (arn: string) => ({
  Sid: '__default_statement_ID',
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action: [
    'SNS:GetTopicAttributes',
    'SNS:SetTopicAttributes',
    'SNS:AddPermission',
    'SNS:RemovePermission',
    'SNS:DeleteTopic',
    'SNS:Subscribe',
    'SNS:ListSubscriptionsByTopic',
    'SNS:Publish',
  ],
  Resource: arn,
  Condition: { StringEquals: { 'AWS:SourceOwner': accountId } },
});

describe('a topic', () => {
  test('has the attributes that AWS gives a new one', async () => {
    const arn = await sns.createTopic('new');
    expect(arn).toBe(topicArn('new'));
    const { Policy = '', EffectiveDeliveryPolicy = '', ...others } = await attributes(arn);
    expect(others).toEqual({
      TopicArn: arn,
      Owner: accountId,
      DisplayName: '',
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '0',
      SubscriptionsDeleted: '0',
    });
    expect(JSON.parse(Policy)).toEqual({
      Version: '2008-10-17',
      Id: '__default_policy_ID',
      Statement: [defaultStatement(arn)],
    });
    expect(JSON.parse(EffectiveDeliveryPolicy)).toMatchObject({
      http: { defaultHealthyRetryPolicy: { numRetries: 3 } },
    });
  });

  test('that is FIFO says so, and whether it tells duplicates by their content', async () => {
    const arn = await sns.createTopic('new.fifo', { DisplayName: 'News', SignatureVersion: '2' });
    expect(await attributes(arn)).toMatchObject({
      FifoTopic: 'true',
      ContentBasedDeduplication: 'false',
      DisplayName: 'News',
      SignatureVersion: '2',
    });
  });

  test('is created again with what it has, and not with anything else', async () => {
    const arn = await sns.createTopic('again', { DisplayName: 'a' });
    expect((await create('again')).TopicArn).toBe(arn);
    expect((await create('again', { DisplayName: 'a' })).TopicArn).toBe(arn);
    const message = 'Invalid parameter: Attributes Reason: Topic already exists with different attributes';
    await expect(create('again', { DisplayName: 'b' })).rejects.toThrow(message);
    await expect(create('again', { KmsMasterKeyId: 'b' })).rejects.toThrow(message);
  });

  test.each([
    ['', {}],
    ['a'.repeat(257), {}],
    ['a.fifo', {}],
    ['a', { FifoTopic: 'true' }],
    ['a b', {}],
    ['a#', {}],
  ])('cannot be named %j with %j', async (name, given) => {
    await expect(create(name, given)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Topic Name',
    });
  });

  test('takes on attributes, and refuses what is none', async () => {
    const arn = await sns.createTopic('set');
    await set(arn, 'DisplayName', 'News');
    await set(arn, 'MaximumMessageSize', '1024');
    await set(arn, 'DeliveryPolicy', '{"http":{"defaultRequestPolicy":{"headerContentType":"application/json"}}}');
    expect(await attributes(arn)).toMatchObject({
      DisplayName: 'News',
      MaximumMessageSize: '1024',
      EffectiveDeliveryPolicy: expect.stringContaining('"headerContentType":"application/json"'),
    });
    await expect(set(arn, 'FifoTopic', 'false')).rejects.toThrow('Invalid parameter: AttributeName');
    await expect(set(arn, 'Colour', 'red')).rejects.toThrow('Invalid parameter: AttributeName');
    await expect(set(arn, 'MaximumMessageSize', '1023')).rejects.toThrow('Invalid parameter: MaximumMessageSize');
  });

  test('is named by an ARN of six parts, and is not found when it is not there', async () => {
    await expect(attributes('bogus')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1',
    });
    await expect(attributes(topicArn('nowhere'))).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Topic does not exist',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(attributes('arn:aws:sns:eu-west-1:000000000000:far')).rejects.toThrow('Invalid parameter: TopicArn');
  });

  test('goes with its subscriptions, and may be deleted twice', async () => {
    const arn = await sns.createTopic('gone');
    const subscription = await sns.subscribe(arn, 'sqs', await sns.createQueue('gone'));
    await sns.client.send(new DeleteTopicCommand({ TopicArn: arn }));
    await sns.client.send(new DeleteTopicCommand({ TopicArn: arn }));
    await expect(attributes(arn)).rejects.toThrow('Topic does not exist');
    await expect(sns.attributesOf(subscription)).rejects.toThrow('Subscription does not exist');
  });
});

test('topics are listed a hundred at a time', async () => {
  await Promise.all(Array.from({ length: 101 }, (_, index) => sns.createTopic(`many-${index}`)));
  const first = await sns.client.send(new ListTopicsCommand({}));
  expect(first.Topics).toHaveLength(100);
  const second = await sns.client.send(new ListTopicsCommand({ NextToken: first.NextToken }));
  const all = [...(first.Topics ?? []), ...(second.Topics ?? [])].map(({ TopicArn }) => TopicArn);
  expect(new Set(all).size).toBe(all.length);
  expect(all).toContain(topicArn('many-100'));
  expect(second.NextToken).toBeUndefined();
  await expect(sns.client.send(new ListTopicsCommand({ NextToken: 'x' }))).rejects.toThrow(
    'Invalid parameter: NextToken',
  );
});

test('permissions are statements of the policy, in the form of AWS', async () => {
  const arn = await sns.createTopic('shared');
  const add = (Label: string, ActionName: string[]) =>
    sns.client.send(new AddPermissionCommand({ TopicArn: arn, Label, AWSAccountId: ['111122223333'], ActionName }));
  await add('one', ['Publish']);
  await add('two', ['Publish', 'Subscribe']);
  await expect(add('one', ['Publish'])).rejects.toThrow('Invalid parameter: Statement already exists');
  await expect(add('three', ['Fly'])).rejects.toThrow(
    'Invalid parameter: Policy statement action out of service scope!',
  );
  await sns.client.send(new RemovePermissionCommand({ TopicArn: arn, Label: 'one' }));
  await sns.client.send(new RemovePermissionCommand({ TopicArn: arn, Label: 'nobody' }));
  const policy = JSON.parse((await attributes(arn))['Policy'] ?? '') as object;
  expect(policy).toMatchObject({
    Statement: [
      defaultStatement(arn),
      {
        Sid: 'two',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Action: ['SNS:Publish', 'SNS:Subscribe'],
        Resource: arn,
      },
    ],
  });
  await set(arn, 'Policy', '');
  expect(JSON.parse((await attributes(arn))['Policy'] ?? '')).toMatchObject({ Statement: [defaultStatement(arn)] });
  await expect(set(arn, 'Policy', '{"Statement":[{"Effect":"Perhaps"}]}')).rejects.toThrow('Invalid parameter: Policy');
});

test('tags are kept by their keys', async () => {
  const created = await sns.client.send(new CreateTopicCommand({ Name: 'tagged', Tags: [{ Key: 'k1', Value: 'v1' }] }));
  const ResourceArn = created.TopicArn ?? '';
  const tag = (...Tags: { Key: string; Value: string }[]) =>
    sns.client.send(new TagResourceCommand({ ResourceArn, Tags }));
  await tag({ Key: 'k1', Value: 'v1b' }, { Key: 'k2', Value: 'v2' });
  const same = [
    { Key: 'k', Value: 'a' },
    { Key: 'k', Value: 'b' },
  ];
  await expect(tag(...same)).rejects.toThrow('Invalid parameter: Duplicated keys are not allowed.');
  await sns.client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['k2', 'k3'] }));
  const { Tags } = await sns.client.send(new ListTagsForResourceCommand({ ResourceArn }));
  expect(Tags).toEqual([{ Key: 'k1', Value: 'v1b' }]);
  const withOthers = new CreateTopicCommand({ Name: 'tagged', Tags: [{ Key: 'k9', Value: 'v' }] });
  await expect(sns.client.send(withOthers)).rejects.toThrow(
    'Invalid parameter: Tags Reason: Topic already exists with different tags',
  );
  const missing = new ListTagsForResourceCommand({ ResourceArn: topicArn('nowhere') });
  await expect(sns.client.send(missing)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
