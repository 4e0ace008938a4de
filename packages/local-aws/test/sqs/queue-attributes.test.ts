import {
  AddPermissionCommand,
  type QueueAttributeName,
  RemovePermissionCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { arnOf, queueModel, withDeadLetterQueue } from './queue-model.ts';
import { type SqsHarness, startSqs } from './sqs-harness.ts';

let sqs: SqsHarness;

beforeEach(async () => {
  sqs = await startSqs([queueModel('dead'), withDeadLetterQueue('orders', 'dead', 3), queueModel('f.fifo')]);
});

const redrivingTo = (name: string) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(name), maxReceiveCount: '2' }),
});

describe('attributes', () => {
  test("All shows a template's queue as AWS would", async () => {
    const seconds = String(sqs.clock.now() / 1000);
    expect(await sqs.attributesOf('orders')).toEqual({
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
    expect(await sqs.attributesOf('f.fifo')).toMatchObject({ FifoQueue: 'true', DeduplicationScope: 'queue' });
  });

  test('what is set counts at once, also for messages already there', async () => {
    await sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.url('orders'), MessageBody: 'x' }));
    await sqs.setAttributes('orders', { VisibilityTimeout: '5', MessageRetentionPeriod: '60' });
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
    await expect(sqs.setAttributes('orders', attributes)).rejects.toMatchObject({ name, message });
  });

  test('an empty redrive policy or policy removes it', async () => {
    await sqs.setAttributes('orders', { RedrivePolicy: '', Policy: '{"Statement":[]}' });
    await sqs.setAttributes('orders', { Policy: '' });
    const attributes = await sqs.attributesOf('orders');
    expect(attributes).not.toHaveProperty('RedrivePolicy');
    expect(attributes).not.toHaveProperty('Policy');
  });

  test('a key and its reuse period go together: without the key, neither is listed', async () => {
    const names: QueueAttributeName[] = ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled'];
    const withKey = { KmsMasterKeyId: 'testKeyId', KmsDataKeyReusePeriodSeconds: '6000' };
    await sqs.setAttributes('orders', withKey);
    expect(await sqs.attributesOf('orders', names)).toEqual({ ...withKey, SqsManagedSseEnabled: 'false' });
    await sqs.setAttributes('orders', { KmsMasterKeyId: '' });
    expect(await sqs.attributesOf('orders', names)).toEqual({ SqsManagedSseEnabled: 'false' });
    await sqs.setAttributes('orders', { KmsMasterKeyId: '', KmsDataKeyReusePeriodSeconds: '300' });
    expect(await sqs.attributesOf('orders', names)).toEqual({ SqsManagedSseEnabled: 'false' });
  });

  test('the default reuse period may be given when a queue is created, and again', async () => {
    const create = () => sqs.create('plain', { KmsDataKeyReusePeriodSeconds: '300' });
    await create();
    await create();
    expect(await sqs.attributesOf('plain', ['KmsDataKeyReusePeriodSeconds'])).toBeUndefined();
  });

  test.each([
    ['no JSON', 'Redrive policy is not a valid JSON map.'],
    ['{"maxReceiveCount":3}', 'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.'],
    [
      '{"deadLetterTargetArn":"arn:aws:sqs:x:y:z"}',
      'Redrive policy does not contain mandatory attribute: maxReceiveCount.',
    ],
    [
      '{"deadLetterTargetArn":"arn:aws:sqs:x:y:z","maxReceiveCount":3,"more":1}',
      'Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn].',
    ],
    [
      '{"deadLetterTargetArn":"arn:aws:sqs:x:y:z","maxReceiveCount":"many"}',
      'Invalid value for maxReceiveCount: many, valid values are from 1 to 1000 both inclusive.',
    ],
  ])('the redrive policy %s is refused: %s', async (policy, reason) => {
    await expect(sqs.setAttributes('orders', { RedrivePolicy: policy })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Value ${policy} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    });
  });

  test('a DLQ must exist, be of the same type and allow the source', async () => {
    await expect(sqs.setAttributes('dead', redrivingTo('nowhere'))).rejects.toMatchObject({
      message: expect.stringContaining('does not exist'),
    });
    await expect(sqs.setAttributes('dead', redrivingTo('f.fifo'))).rejects.toMatchObject({
      message: expect.stringContaining('same type'),
    });
    await sqs.create('choosy', {
      RedriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [arnOf('orders')] }),
    });
    await expect(sqs.setAttributes('dead', redrivingTo('choosy'))).rejects.toMatchObject({
      message: expect.stringContaining('does not allow'),
    });
    await sqs.setAttributes('orders', redrivingTo('choosy'));
    await sqs.setAttributes('choosy', { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
    await expect(sqs.setAttributes('orders', redrivingTo('choosy'))).rejects.toMatchObject({
      message: expect.stringContaining('does not allow'),
    });
  });
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
  const policy: unknown = JSON.parse((await sqs.attributesOf('orders', ['Policy']))?.Policy ?? '');
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
  expect(await sqs.attributesOf('orders', ['Policy'])).toBeUndefined();
  await expect(sqs.client.send(removal)).rejects.toMatchObject({
    message: "Value share for parameter Label is invalid. Reason: can't find label.",
  });
});
