import {
  AddPermissionCommand,
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  RemovePermissionCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import type { QueueAttributeName } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { arnOf, queueModel, withDeadLetterQueue } from './queue-model.ts';
import { type SqsHarness, startSqs } from './sqs-harness.ts';

let sqs: SqsHarness;

beforeEach(async () => {
  sqs = await startSqs([queueModel('dead'), withDeadLetterQueue('orders', 'dead', 3), queueModel('f.fifo')]);
});

const create = (QueueName: string, Attributes?: Record<string, string>) =>
  sqs.client.send(new CreateQueueCommand({ QueueName, Attributes }));
const set = (queue: string, Attributes: Record<string, string>) =>
  sqs.client.send(new SetQueueAttributesCommand({ QueueUrl: sqs.url(queue), Attributes }));
const attributesOf = async (queue: string, AttributeNames: QueueAttributeName[] = ['All']) =>
  (await sqs.client.send(new GetQueueAttributesCommand({ QueueUrl: sqs.url(queue), AttributeNames }))).Attributes;

const redrivingTo = (name: string) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(name), maxReceiveCount: '2' }),
});

describe('attributes', () => {
  test("All shows a template's queue as AWS would", async () => {
    const seconds = String(sqs.clock.now() / 1000);
    expect(await attributesOf('orders')).toEqual({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesDelayed: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      CreatedTimestamp: seconds,
      DelaySeconds: '0',
      LastModifiedTimestamp: seconds,
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      QueueArn: arnOf('orders'),
      ReceiveMessageWaitTimeSeconds: '0',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 3 }),
      SqsManagedSseEnabled: 'true',
      VisibilityTimeout: '30',
    });
    expect(await attributesOf('f.fifo')).toMatchObject({ FifoQueue: 'true', DeduplicationScope: 'queue' });
  });

  test('what is set counts at once, also for messages already there', async () => {
    await sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.url('orders'), MessageBody: 'x' }));
    await set('orders', { VisibilityTimeout: '5', MessageRetentionPeriod: '60' });
    await sqs.receive('orders');
    await sqs.clock.advance(5_000);
    expect(await sqs.receive('orders')).toHaveLength(1);
    await sqs.clock.advance(55_000);
    expect(sqs.eventsOf('message-expired')).toHaveLength(1);
  });

  test.each([
    [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue', 'Invalid value for the parameter VisibilityTimeout.'],
    [{ DelaySeconds: 'soon' }, 'InvalidAttributeValue', 'Invalid value for the parameter DelaySeconds.'],
    [{ FifoQueue: 'true' }, 'InvalidAttributeName', 'Unknown Attribute FifoQueue.'],
    [{ Colour: 'red' }, 'InvalidAttributeName', 'Unknown Attribute Colour.'],
    [
      { DeduplicationScope: 'queue' },
      'InvalidAttributeName',
      'You can specify the DeduplicationScope only when FifoQueue is set to true.',
    ],
    [
      { KmsMasterKeyId: 'k', SqsManagedSseEnabled: 'true' },
      'InvalidAttributeName',
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    ],
    [
      { RedrivePolicy: '{}' },
      'InvalidParameterValue',
      'Value {} for parameter RedrivePolicy is invalid. Reason: Redrive policy does not contain mandatory attribute: maxReceiveCount.',
    ],
  ])('setting %j is refused', async (attributes, name, message) => {
    await expect(set('orders', attributes)).rejects.toMatchObject({ name, message });
  });

  test('an empty redrive policy or policy removes it', async () => {
    await set('orders', { RedrivePolicy: '', Policy: '{"Statement":[]}' });
    await set('orders', { Policy: '' });
    const attributes = await attributesOf('orders');
    expect(attributes).not.toHaveProperty('RedrivePolicy');
    expect(attributes).not.toHaveProperty('Policy');
  });

  test('a DLQ must exist, be of the same type and allow the source', async () => {
    await expect(set('dead', redrivingTo('nowhere'))).rejects.toMatchObject({
      message: expect.stringContaining('does not exist'),
    });
    await expect(set('dead', redrivingTo('f.fifo'))).rejects.toMatchObject({
      message: expect.stringContaining('same type'),
    });
    await create('choosy', {
      RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [arnOf('orders')] }),
    });
    await expect(set('dead', redrivingTo('choosy'))).rejects.toMatchObject({
      message: expect.stringContaining('does not allow'),
    });
    await set('orders', redrivingTo('choosy'));
    await set('choosy', { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
    await expect(set('orders', redrivingTo('choosy'))).rejects.toMatchObject({
      message: expect.stringContaining('does not allow'),
    });
  });
});

describe('queues', () => {
  test('a created queue has a URL that works, and creating it again with the same attributes is no error', async () => {
    const first = await create('new', { DelaySeconds: '1', ReceiveMessageWaitTimeSeconds: '1' });
    expect(first.QueueUrl).toBe(sqs.url('new'));
    expect(await create('new')).toMatchObject({ QueueUrl: first.QueueUrl });
    expect(await create('new', { DelaySeconds: '1' })).toMatchObject({ QueueUrl: first.QueueUrl });
    await expect(create('new', { DelaySeconds: '2' })).rejects.toMatchObject({
      name: 'QueueNameExists',
      message: 'A queue already exists with the same name and a different value for attribute DelaySeconds',
    });
  });

  test('names are checked: length, characters, the suffix of FIFO queues', async () => {
    for (const name of ['a b', 'x'.repeat(81), 'queue.fifo']) {
      await expect(create(name)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    }
    await expect(create('no-suffix', { FifoQueue: 'true' })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await create('with-suffix.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  });

  test('a deleted queue is gone, and its name is taken for 60 seconds', async () => {
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl: sqs.url('f.fifo') }));
    const lookUp = () => sqs.client.send(new GetQueueUrlCommand({ QueueName: 'f.fifo' }));
    await expect(lookUp()).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    await expect(create('f.fifo', { FifoQueue: 'true' })).rejects.toMatchObject({
      name: 'QueueDeletedRecently',
      message: 'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
    });
    await sqs.clock.advance(60_000);
    await create('f.fifo', { FifoQueue: 'true' });
    expect(await lookUp()).toMatchObject({ QueueUrl: sqs.url('f.fifo') });
  });

  test('queues are listed by prefix and in pages', async () => {
    for (let index = 0; index < 5; index += 1) await create(`page-${index}`);
    const list = (input: object) => sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: 'page-', ...input }));
    expect((await list({})).QueueUrls).toHaveLength(5);
    const first = await list({ MaxResults: 2 });
    expect(first.QueueUrls).toEqual([sqs.url('page-0'), sqs.url('page-1')]);
    const rest = await list({ MaxResults: 10, NextToken: first.NextToken });
    expect(rest.QueueUrls).toHaveLength(3);
    expect(rest.NextToken).toBeUndefined();
    expect((await sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: 'none' }))).QueueUrls).toBeUndefined();
  });

  test('the sources of a DLQ are listed', async () => {
    const command = new ListDeadLetterSourceQueuesCommand({ QueueUrl: sqs.url('dead') });
    expect((await sqs.client.send(command)).queueUrls).toEqual([sqs.url('orders')]);
  });

  test('a purge empties the queue, and another one within 60 seconds is refused', async () => {
    await sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.url('orders'), MessageBody: 'x' }));
    const purge = () => sqs.client.send(new PurgeQueueCommand({ QueueUrl: sqs.url('orders') }));
    await purge();
    expect(sqs.queue('orders').counts.available).toBe(0);
    expect(await sqs.receive('orders')).toEqual([]);
    await expect(purge()).rejects.toMatchObject({
      name: 'PurgeQueueInProgress',
      message: 'Only one PurgeQueue operation on orders is allowed every 60 seconds.',
      $metadata: { httpStatusCode: 403 },
    });
    await sqs.clock.advance(60_000);
    await purge();
  });
});

test('tags are added, replaced and removed', async () => {
  const QueueUrl = sqs.url('orders');
  const tags = async () => (await sqs.client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags;
  await sqs.client.send(new TagQueueCommand({ QueueUrl, Tags: { team: 'a', stage: 'dev' } }));
  await sqs.client.send(new TagQueueCommand({ QueueUrl, Tags: { team: 'b' } }));
  expect(await tags()).toEqual({ team: 'b', stage: 'dev' });
  await sqs.client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['team', 'stage'] }));
  expect(await tags()).toBeUndefined();
});

test('permissions become statements of the queue policy, and the last one removed takes it along', async () => {
  const QueueUrl = sqs.url('orders');
  const add = () =>
    sqs.client.send(
      new AddPermissionCommand({
        QueueUrl,
        Label: 'share',
        AWSAccountIds: ['111122223333'],
        Actions: ['ReceiveMessage'],
      }),
    );
  await add();
  const policy: unknown = JSON.parse((await attributesOf('orders', ['Policy']))?.Policy ?? '');
  expect(policy).toEqual({
    Version: '2008-10-17',
    Id: `${arnOf('orders')}/SQSDefaultPolicy`,
    Statement: [
      {
        Sid: 'share',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Action: 'SQS:ReceiveMessage',
        Resource: arnOf('orders'),
      },
    ],
  });
  await expect(add()).rejects.toMatchObject({
    message: 'Value share for parameter Label is invalid. Reason: Already exists.',
  });
  const removal = new RemovePermissionCommand({ QueueUrl, Label: 'share' });
  await sqs.client.send(removal);
  expect(await attributesOf('orders', ['Policy'])).toBeUndefined();
  await expect(sqs.client.send(removal)).rejects.toMatchObject({
    message: "Value share for parameter Label is invalid. Reason: can't find label.",
  });
});

describe('a changed template', () => {
  test('changes attributes, adds and removes queues, and keeps messages and what clients created', async () => {
    await sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.url('orders'), MessageBody: 'kept' }));
    await create('by-client');
    await set('dead', { VisibilityTimeout: '7' });
    sqs.service.update([
      queueModel('dead'),
      { ...withDeadLetterQueue('orders', 'dead', 3), visibilityTimeoutSeconds: 5 },
      queueModel('added'),
    ]);

    expect(sqs.service.queues().map(({ name }) => name)).toEqual(['added', 'by-client', 'dead', 'orders']);
    expect((await attributesOf('orders'))?.VisibilityTimeout).toBe('5');
    expect((await attributesOf('dead'))?.VisibilityTimeout).toBe('7');
    expect((await sqs.receive('orders')).map(({ Body }) => Body)).toEqual(['kept']);
    expect(sqs.service.queue(arnOf('f.fifo'))).toBeUndefined();
  });
});
