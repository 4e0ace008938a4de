import { describe, expect, test } from '@jest/globals';
import { queueWith, readResources, refusalOf } from '../../../src/testing/written-assembly.ts';

const redrive = (deadLetterTargetArn: unknown, maxReceiveCount = 3): object =>
  queueWith({ RedrivePolicy: { deadLetterTargetArn, maxReceiveCount } });

const redrivingAfter = (receiveCount: number): object => ({
  Bad: queueWith({}),
  Orders: redrive({ 'Fn::GetAtt': ['Bad', 'Arn'] }, receiveCount),
});

const generated = (): string => readResources({ Orders: queueWith({ FifoQueue: true }) }).queues[0]?.name ?? '';

describe('a queue', () => {
  test("has AWS's defaults", () => {
    expect(readResources({ Orders: queueWith({}) }).queues[0]).toMatchObject({
      stack: 'Shop',
      logicalId: 'Orders',
      fifo: false,
      visibilityTimeoutSeconds: 30,
      messageRetentionSeconds: 345_600,
      delaySeconds: 0,
      receiveWaitSeconds: 0,
      maximumMessageSizeBytes: 1_048_576,
      sqsManagedSseEnabled: true,
      tags: {},
    });
  });

  test('without a name gets one as CloudFormation makes them, the same each time', () => {
    expect(generated()).toMatch(/^Shop-Orders-[A-Z0-9]{12}\.fifo$/);
    expect(generated()).toBe(generated());
  });

  test('name is cut to 80 characters', () => {
    const longId = 'Q'.repeat(120);
    expect(readResources({ [longId]: queueWith({}) }).queues[0]?.name).toHaveLength(80);
  });

  test('takes numbers and booleans as text, as CloudFormation does', () => {
    const model = readResources({
      Orders: queueWith({ VisibilityTimeout: '60', FifoQueue: 'true', ContentBasedDeduplication: 'true' }),
    });
    expect(model.queues[0]).toMatchObject({
      visibilityTimeoutSeconds: 60,
      fifo: true,
      contentBasedDeduplication: true,
    });
  });

  test.each([
    ['VisibilityTimeout', 43_201],
    ['MessageRetentionPeriod', 59],
    ['DelaySeconds', 901],
    ['ReceiveMessageWaitTimeSeconds', 21],
    ['MaximumMessageSize', 1_048_577],
    ['VisibilityTimeout', 'soon'],
    ['VisibilityTimeout', 1.5],
  ])('%s of %s is out of range', (property, value) => {
    expect(refusalOf({ Orders: queueWith({ [property]: value }) })).toMatchObject({
      code: 'PROPERTY_INVALID',
      place: { stack: 'Shop', logicalId: 'Orders', property: `/Properties/${property}` },
    });
  });

  test('with a property nobody knows is refused, not read without it', () => {
    const error = refusalOf({ Orders: queueWith({ VisibilityTimout: 60 }) });
    expect(error).toMatchObject({ code: 'PROPERTY_UNKNOWN', place: { property: '/Properties/VisibilityTimout' } });
    expect(error.remedy).toMatch(/^Remove it/);
  });

  test('may name its key, and how long a data key is used', () => {
    const model = readResources({
      Key: { Type: 'AWS::KMS::Key', Properties: {} },
      Orders: queueWith({ KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] }, KmsDataKeyReusePeriodSeconds: 60 }),
    });
    expect(model.queues[0]?.kmsMasterKeyId).toMatch(/^arn:aws:kms:us-east-1:000000000000:key\//);
    expect(model.keys).toMatchObject([{ logicalId: 'Key', arn: model.queues[0]?.kmsMasterKeyId }]);
    expect(model.queues[0]?.kmsDataKeyReusePeriodSeconds).toBe(60);
    expect(model.skipped).toEqual([]);
  });

  test('may not redrive to a queue that does not exist, in the words of SQS', () => {
    const error = refusalOf({ Orders: redrive('arn:aws:sqs:us-east-1:000000000000:nowhere') });
    expect(error.message).toContain(
      'for parameter RedrivePolicy is invalid. Reason: Dead letter target does not exist.',
    );
  });

  test('may not redrive to a queue of the other kind', () => {
    const error = refusalOf({
      Orders: redrive({ 'Fn::GetAtt': ['Bad', 'Arn'] }),
      Bad: queueWith({ FifoQueue: true }),
    });
    expect(error.message).toContain('Reason: Dead-letter queue must be same type of queue as the source.');
  });

  test("may not redrive against the target's redriveAllowPolicy", () => {
    const error = refusalOf({
      Orders: redrive({ 'Fn::GetAtt': ['Bad', 'Arn'] }),
      Bad: queueWith({ RedriveAllowPolicy: { redrivePermission: 'denyAll' } }),
    });
    expect(error).toMatchObject({ code: 'REFUSED_BY_AWS', place: { logicalId: 'Orders' } });
  });

  test('maxReceiveCount is 1 to 1000', () => {
    expect(refusalOf(redrivingAfter(0)).code).toBe('PROPERTY_INVALID');
    expect(refusalOf(redrivingAfter(1001)).code).toBe('PROPERTY_INVALID');
    expect(readResources(redrivingAfter(1000)).queues[1]?.redrivePolicy?.maxReceiveCount).toBe(1000);
  });

  test('gets the policies of its AWS::SQS::QueuePolicy', () => {
    const statement = {
      Effect: 'Deny',
      Action: 'sqs:*',
      Principal: '*',
      Resource: { 'Fn::GetAtt': ['Orders', 'Arn'] },
    };
    const model = readResources({
      Orders: queueWith({ QueueName: 'orders' }),
      Policy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: [{ Ref: 'Orders' }], PolicyDocument: { Version: '2012-10-17', Statement: statement } },
      },
    });
    expect(model.queues[0]?.policies).toEqual([
      { Version: '2012-10-17', Statement: [{ ...statement, Resource: 'arn:aws:sqs:us-east-1:000000000000:orders' }] },
    ]);
  });

  test.each([
    ['fifo without its suffix', { QueueName: 'orders', FifoQueue: true }],
    ['a suffix without fifo', { QueueName: 'orders.fifo' }],
    ['other characters', { QueueName: 'or ders' }],
    ['a FIFO attribute on a standard queue', { ContentBasedDeduplication: true }],
  ])('is refused with %s', (_, properties) => {
    expect(refusalOf({ Orders: queueWith(properties) }).code).toBe('REFUSED_BY_AWS');
  });

  test('may not have the name of another', () => {
    const error = refusalOf({ A: queueWith({ QueueName: 'orders' }), B: queueWith({ QueueName: 'orders' }) });
    expect(error).toMatchObject({ code: 'DUPLICATE_NAME', place: { logicalId: 'B' } });
  });
});
