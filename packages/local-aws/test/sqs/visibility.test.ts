import { ChangeMessageVisibilityCommand, DeleteMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { queueModel, withDeadLetterQueue } from './queue-model.ts';
import { type SqsHarness, startSqs } from './sqs-harness.ts';

let sqs: SqsHarness;

beforeEach(async () => {
  sqs = await startSqs([
    queueModel('orders'),
    queueModel('dead', { messageRetentionSeconds: 600 }),
    withDeadLetterQueue('once', 'dead', 1),
    withDeadLetterQueue('thrice', 'dead', 3),
    withDeadLetterQueue('first', 'second', 1),
    withDeadLetterQueue('second', 'third', 1),
    queueModel('third'),
    queueModel('slow', { delaySeconds: 60 }),
    queueModel('short-lived', { messageRetentionSeconds: 120 }),
  ]);
});

const send = (queue: string, body: string, more: object = {}) =>
  sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.url(queue), MessageBody: body, ...more }));

const changeVisibility = (handle: string | undefined, seconds: number) =>
  sqs.client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: sqs.url('orders'),
      ReceiptHandle: handle,
      VisibilityTimeout: seconds,
    }),
  );

describe('visibility timeout', () => {
  test('a received message reappears when its timeout ends, with a new handle and one receive more', async () => {
    await send('orders', 'again');
    const [first] = await sqs.receive('orders');
    await sqs.clock.advance(29_999);
    expect(await sqs.receive('orders')).toEqual([]);
    await sqs.clock.advance(1);
    const [second] = await sqs.receive('orders');

    expect(second?.MessageId).toBe(first?.MessageId);
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
    expect(second?.Attributes?.ApproximateFirstReceiveTimestamp).toBe(
      first?.Attributes?.ApproximateFirstReceiveTimestamp,
    );
  });

  test('a timeout of 0 makes a message visible at once, a longer one keeps it away', async () => {
    await send('orders', 'changed');
    const [first] = await sqs.receive('orders');
    await changeVisibility(first?.ReceiptHandle, 0);
    const [second] = await sqs.receive('orders');
    await changeVisibility(second?.ReceiptHandle, 100);
    await sqs.clock.advance(99_999);
    expect(await sqs.receive('orders')).toEqual([]);
    await sqs.clock.advance(1);
    expect(await sqs.receive('orders')).toHaveLength(1);
  });

  test('beyond 12 hours after the receive, the change is refused', async () => {
    await send('orders', 'long');
    const [message] = await sqs.receive('orders');
    await sqs.clock.advance(1_000);
    await expect(changeVisibility(message?.ReceiptHandle, 43_200)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message:
        'Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is ' +
        'beyond the limit [43200 seconds].',
    });
  });

  test('of a message that is visible again it succeeds without effect', async () => {
    await send('orders', 'visible');
    const [message] = await sqs.receive('orders', { VisibilityTimeout: 1 });
    await sqs.clock.advance(1_000);
    await changeVisibility(message?.ReceiptHandle, 30);
    expect(await sqs.receive('orders')).toHaveLength(1);
  });

  test('changes by the handle of an earlier receive too', async () => {
    await send('orders', 'received twice');
    const [first] = await sqs.receive('orders', { VisibilityTimeout: 0 });
    expect(await sqs.receive('orders')).toHaveLength(1);
    await changeVisibility(first?.ReceiptHandle, 0);
    expect(await sqs.receive('orders')).toHaveLength(1);
  });

  test('of a deleted message it is refused', async () => {
    await send('orders', 'gone');
    const [message] = await sqs.receive('orders');
    const ReceiptHandle = message?.ReceiptHandle;
    await sqs.client.send(new DeleteMessageCommand({ QueueUrl: sqs.url('orders'), ReceiptHandle }));
    await expect(changeVisibility(ReceiptHandle, 30)).rejects.toMatchObject({
      message: expect.stringContaining('Message does not exist or is not available for visibility timeout change.'),
    });
  });
});

describe('dead-letter queue', () => {
  test('a message moves on the receive after maxReceiveCount is used up, not at the moment of failure', async () => {
    await send('thrice', 'poison');
    for (const count of ['1', '2', '3']) {
      expect((await sqs.receive('thrice'))[0]?.Attributes?.ApproximateReceiveCount).toBe(count);
      await sqs.clock.advance(30_000);
    }
    expect(sqs.queue('thrice').counts.available).toBe(1);
    expect(sqs.queue('dead').counts.available).toBe(0);

    expect(await sqs.receive('thrice')).toEqual([]);
    expect(sqs.queue('dead').counts.available).toBe(1);
  });

  test('it keeps id, body and attributes, gains its source, and the receive count goes on counting', async () => {
    const attributes = { MyAttribute: { StringValue: 'foobar', DataType: 'String' } };
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const sent = await send('once', 'message-1', {
      MessageAttributes: attributes,
      MessageSystemAttributes: { AWSTraceHeader: { StringValue: trace, DataType: 'String' } },
    });
    const [before] = await sqs.receive('once', { VisibilityTimeout: 0 });
    await sqs.clock.advance(1_000);
    await sqs.receive('once');
    const [dead] = await sqs.receive('dead');

    expect(dead).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'message-1',
      MessageAttributes: attributes,
      Attributes: {
        ApproximateReceiveCount: '2',
        AWSTraceHeader: trace,
        DeadLetterQueueSourceArn: sqs.queue('once').arn,
        SentTimestamp: before?.Attributes?.SentTimestamp,
        ApproximateFirstReceiveTimestamp: before?.Attributes?.ApproximateFirstReceiveTimestamp,
      },
    });
    expect(sqs.eventsOf('message-moved')).toMatchObject([
      { messageId: sent.MessageId, fromQueueName: 'once', toQueueName: 'dead' },
    ]);
  });

  test('retention there counts from the original sending', async () => {
    await send('once', 'old evidence');
    await sqs.receive('once', { VisibilityTimeout: 500 });
    await sqs.clock.advance(500_000);
    await sqs.receive('once');
    expect(sqs.queue('dead').counts.available).toBe(1);
    await sqs.clock.advance(99_999);
    expect(sqs.queue('dead').counts.available).toBe(1);
    await sqs.clock.advance(1);
    expect(sqs.queue('dead').counts.available).toBe(0);
    expect(sqs.eventsOf('message-expired')).toMatchObject([{ queueName: 'dead' }]);
  });

  test('a message that was moved there expires before younger ones that came earlier', async () => {
    const old = await send('once', 'sent first');
    await sqs.receive('once', { VisibilityTimeout: 100 });
    await sqs.clock.advance(100_000);
    const young = await send('dead', 'arrived first');
    await sqs.receive('once');
    await sqs.clock.advance(499_999);
    expect(sqs.queue('dead').counts.available).toBe(2);
    await sqs.clock.advance(1);
    expect(sqs.eventsOf('message-expired').map(({ messageId }) => messageId)).toEqual([old.MessageId]);
    await sqs.clock.advance(100_000);
    expect(sqs.eventsOf('message-expired').map(({ messageId }) => messageId)).toEqual([old.MessageId, young.MessageId]);
  });

  test('a DLQ may have one of its own: each queue counts its receives', async () => {
    await send('first', 'sinking');
    expect(await sqs.receive('first', { VisibilityTimeout: 0 })).toHaveLength(1);
    expect(await sqs.receive('first')).toEqual([]);
    expect(await sqs.receive('second', { VisibilityTimeout: 0 })).toHaveLength(1);
    expect(await sqs.receive('second')).toEqual([]);
    const [message] = await sqs.receive('third');
    expect(message?.Attributes).toMatchObject({
      ApproximateReceiveCount: '3',
      DeadLetterQueueSourceArn: sqs.queue('second').arn,
    });
  });

  test('one receive passes over used-up messages and still fills up with good ones', async () => {
    for (let index = 0; index < 5; index += 1) await send('once', `bad ${index}`);
    await sqs.receive('once', { VisibilityTimeout: 0 });
    for (let index = 0; index < 10; index += 1) await send('once', `good ${index}`);
    const bodies = (await sqs.receive('once')).map(({ Body }) => Body);
    expect(bodies).toHaveLength(10);
    expect(bodies.every((body) => body?.startsWith('good'))).toBe(true);
    expect(sqs.queue('dead').counts.available).toBe(5);
  });
});

describe('delay and retention', () => {
  test("a message's own delay goes before the queue's", async () => {
    await send('slow', "the queue's delay");
    await send('slow', 'none', { DelaySeconds: 0 });
    await send('slow', 'longer', { DelaySeconds: 900 });
    const bodies = async () => (await sqs.receive('slow')).map(({ Body }) => Body);

    expect(await bodies()).toEqual(['none']);
    await sqs.clock.advance(59_999);
    expect((await bodies()).includes("the queue's delay")).toBe(false);
    await sqs.clock.advance(1);
    expect((await bodies()).includes("the queue's delay")).toBe(true);
    await sqs.clock.advance(840_000);
    expect((await bodies()).includes('longer')).toBe(true);
  });

  test('a delay above 900 is refused', async () => {
    await expect(send('orders', 'x', { DelaySeconds: 901 })).rejects.toMatchObject({
      message: 'Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
    });
  });

  test('messages expire at the end of the retention period, waiting or in flight, and it is told', async () => {
    const waiting = await send('short-lived', 'waiting');
    await sqs.clock.advance(60_000);
    await sqs.receive('short-lived', { VisibilityTimeout: 43_200 });
    const later = await send('short-lived', 'later');
    await sqs.clock.advance(59_999);
    expect(sqs.events.some(({ type }) => type === 'message-expired')).toBe(false);
    await sqs.clock.advance(1);
    expect(sqs.eventsOf('message-expired').map(({ messageId }) => messageId)).toEqual([waiting.MessageId]);
    await sqs.clock.advance(60_000);
    expect(sqs.eventsOf('message-expired').map(({ messageId }) => messageId)).toEqual([
      waiting.MessageId,
      later.MessageId,
    ]);
    expect(sqs.queue('short-lived').counts).toMatchObject({ available: 0, 'in-flight': 0, delayed: 0 });
  });
});
