import { PublishBatchCommand } from '@aws-sdk/client-sns';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { envelopeOf, pairOf, type SnsHarness, startSns } from './sns-harness.ts';

let sns: SnsHarness;

beforeAll(async () => {
  sns = await startSns();
});

const fiveMinutesMs = 5 * 60 * 1000;

describe('a FIFO topic', () => {
  test('passes group and deduplication id on to a FIFO queue, which needs no deduplication of its own', async () => {
    const { topic, subscription } = await pairOf(sns, 'orders.fifo');
    const sent = await sns.publish({ TopicArn: topic, Message: 'Test', MessageGroupId: 'g1' });
    expect(sent.SequenceNumber).toMatch(/^\d{20}$/);
    const [message] = await sns.drain('orders.fifo');
    expect(message?.Attributes).toMatchObject({
      MessageGroupId: 'g1',
      MessageDeduplicationId: '532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25',
    });
    expect(Object.keys(envelopeOf(message!))).toEqual([
      'Type',
      'MessageId',
      'SequenceNumber',
      'TopicArn',
      'Message',
      'Timestamp',
      'UnsubscribeURL',
    ]);
    expect(envelopeOf(message!)).toMatchObject({ MessageId: sent.MessageId, SequenceNumber: sent.SequenceNumber });
    expect(subscription).toMatch(/^arn:aws:sns:us-east-1:000000000000:orders\.fifo:[\da-f-]{36}$/);
  });

  test('answers a duplicate within five minutes like the first one, and delivers it once', async () => {
    const { topic } = await pairOf(sns, 'twice.fifo');
    const message = { TopicArn: topic, Message: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const first = await sns.publish(message);
    await sns.clock.advance(fiveMinutesMs - 1);
    const second = await sns.publish({ ...message, Message: 'b' });
    expect([second.MessageId, second.SequenceNumber]).toEqual([first.MessageId, first.SequenceNumber]);
    expect(await sns.drain('twice.fifo')).toHaveLength(1);
    expect(sns.watch.ofType('messages-published').at(-1)?.messages).toMatchObject([
      { isDuplicate: true, deliveries: 0 },
    ]);
    await sns.clock.advance(1);
    expect((await sns.publish(message)).MessageId).not.toBe(first.MessageId);
  });

  test('tells duplicates within a group only, when its throughput scope says so', async () => {
    const topic = await sns.createTopic('scoped.fifo', { FifoThroughputScope: 'MessageGroup' });
    const publish = (MessageGroupId: string) =>
      sns.publish({ TopicArn: topic, Message: 'a', MessageGroupId, MessageDeduplicationId: 'd' });
    const [one, other, again] = [await publish('g1'), await publish('g2'), await publish('g1')];
    expect(other.MessageId).not.toBe(one.MessageId);
    expect(again.MessageId).toBe(one.MessageId);
  });

  test('keeps the order of a batch, and knows duplicates in it', async () => {
    const { topic } = await pairOf(sns, 'batch.fifo', { RawMessageDelivery: 'true' });
    const texts = ['a', 'b', 'a', 'c'];
    const { Successful = [] } = await sns.client.send(
      new PublishBatchCommand({
        TopicArn: topic,
        PublishBatchRequestEntries: texts.map((Message, index) => ({ Id: `${index}`, Message, MessageGroupId: 'g' })),
      }),
    );
    expect(Successful[2]?.MessageId).toBe(Successful[0]?.MessageId);
    expect((await sns.drain('batch.fifo')).map(({ Body }) => Body)).toEqual(['a', 'b', 'c']);
    expect(Successful.map(({ SequenceNumber = '' }) => SequenceNumber).toSorted()).toEqual(
      [0, 2, 1, 3].map((index) => Successful[index]?.SequenceNumber),
    );
  });

  test('delivers to a standard queue without a group', async () => {
    const topic = await sns.createTopic('mixed.fifo', { ContentBasedDeduplication: 'true' });
    await sns.subscribe(topic, 'sqs', await sns.createQueue('mixed'));
    await sns.publish({ TopicArn: topic, Message: 'a', MessageGroupId: 'g' });
    const [message] = await sns.drain('mixed');
    expect(Object.keys(message?.Attributes ?? {})).toEqual(expect.not.arrayContaining(['MessageGroupId']));
  });

  test('has FIFO queues for dead letters, which get group and deduplication id', async () => {
    const deadLetterTargetArn = await sns.createQueue('sorted-dead.fifo');
    const { topic } = await pairOf(sns, 'sorted.fifo', { RedrivePolicy: JSON.stringify({ deadLetterTargetArn }) });
    await sns.setQueuePolicy('sorted.fifo', '');
    await sns.publish({ TopicArn: topic, Message: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'd' });
    const [letter] = await sns.drain('sorted-dead.fifo');
    expect(letter?.Attributes).toMatchObject({ MessageGroupId: 'g', MessageDeduplicationId: 'd' });
  });

  test('refuses what AWS refuses, in its words', async () => {
    const { topic } = await pairOf(sns, 'strict.fifo');
    await expect(sns.publish({ TopicArn: topic, Message: 'a' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: The MessageGroupId parameter is required for FIFO topics',
    });
    const withoutContent = await sns.createTopic('explicit.fifo');
    await expect(sns.publish({ TopicArn: withoutContent, Message: 'a', MessageGroupId: 'g' })).rejects.toThrow(
      'Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
    const standard = await sns.createTopic('standard');
    await expect(
      sns.publish({ TopicArn: standard, Message: 'a', MessageDeduplicationId: 'd', MessageGroupId: 'g' }),
    ).rejects.toThrow(
      'Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    );
    const fifoQueue = await sns.createQueue('strict-other.fifo');
    await expect(sns.subscribe(standard, 'sqs', fifoQueue)).rejects.toThrow(
      'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    );
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: await sns.createQueue('strict-dead') });
    await expect(sns.subscribe(topic, 'sqs', fifoQueue, { RedrivePolicy })).rejects.toThrow(
      'Invalid parameter: Attributes Reason: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.',
    );
    await expect(sns.subscribe(topic, 'email', 'a@b.example')).rejects.toThrow('FIFO topics deliver messages to');
  });
});
