import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { queueModel, withDeadLetterQueue } from './queue-model.ts';
import { type SqsHarness, startSqs } from './sqs-harness.ts';

let sqs: SqsHarness;

beforeEach(async () => {
  const contentBased = { contentBasedDeduplication: true };
  sqs = await startSqs([
    queueModel('strict.fifo'),
    queueModel('orders.fifo', contentBased),
    queueModel('scoped.fifo', { ...contentBased, deduplicationScope: 'messageGroup' }),
    queueModel('dead.fifo', contentBased),
    { ...withDeadLetterQueue('once.fifo', 'dead.fifo', 1), ...contentBased },
    queueModel('late.fifo', { ...contentBased, delaySeconds: 10 }),
    queueModel('standard'),
  ]);
});

const send = (group: string | undefined, body: string, queue = 'orders.fifo', more: object = {}) =>
  sqs.client.send(
    new SendMessageCommand({ QueueUrl: sqs.url(queue), MessageBody: body, MessageGroupId: group, ...more }),
  );

const bodiesOf = (messages: readonly Message[]) => messages.map(({ Body }) => Body);
const receive = async (max = 10, more: object = {}) =>
  bodiesOf(await sqs.receive('orders.fifo', { MaxNumberOfMessages: max, ...more }));

const remove = (message: Message | undefined) =>
  sqs.client.send(
    new DeleteMessageCommand({ QueueUrl: sqs.url('orders.fifo'), ReceiptHandle: message?.ReceiptHandle }),
  );

const change = (message: Message | undefined, seconds: number) =>
  sqs.client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: sqs.url('orders.fifo'),
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: seconds,
    }),
  );

describe('order', () => {
  test('one receive gets many messages of one group, in order, and then other groups', async () => {
    await send('1', 'g1-m1');
    await send('2', 'g2-m1');
    await send('1', 'g1-m2');
    await send('1', 'g1-m3');
    expect(await receive()).toEqual(['g1-m1', 'g1-m2', 'g1-m3', 'g2-m1']);
  });

  test('a group with messages in flight is locked, others are not', async () => {
    for (const body of ['g1-m1', 'g1-m2', 'g1-m3']) await send('1', body);
    await send('2', 'g2-m1');
    expect(await receive(2)).toEqual(['g1-m1', 'g1-m2']);
    await send('1', 'g1-m4');
    expect(await receive()).toEqual(['g2-m1']);
    expect(await receive()).toEqual([]);
  });

  test('a group opens when its last message in flight is deleted', async () => {
    for (const body of ['m1', 'm2', 'm3']) await send('1', body);
    const [first, second] = await sqs.receive('orders.fifo', { MaxNumberOfMessages: 2 });
    await remove(first);
    expect(await receive()).toEqual([]);
    await remove(second);
    expect(await receive()).toEqual(['m3']);
  });

  test('after the visibility timeout the group starts again at its first message', async () => {
    for (const body of ['m1', 'm2', 'm3']) await send('1', body);
    expect(await receive(2)).toEqual(['m1', 'm2']);
    await sqs.clock.advance(30_000);
    expect(await receive()).toEqual(['m1', 'm2', 'm3']);
  });

  test.each([
    ['first', 0, []],
    ['second', 1, ['foo']],
    ['third', 2, ['foo', 'bar']],
  ])('with the timeout of the %s of three extended, the group gives what comes before', async (_, place, expected) => {
    for (const body of ['foo', 'bar', 'baz']) await send('1', body);
    const messages = await sqs.receive('orders.fifo', { VisibilityTimeout: 1 });
    await change(messages[place], 4);
    await sqs.clock.advance(2_500);
    expect(await receive()).toEqual(expected);
  });

  test('groups take turns: one that was received from goes to the end of the line', async () => {
    await send('1', 'g1-m1');
    for (const body of ['g2-m1', 'g2-m2']) await send('2', body);
    await send('3', 'g3-m1');
    await send('1', 'g1-m2');
    expect(await receive(3, { VisibilityTimeout: 0 })).toEqual(['g1-m1', 'g1-m2', 'g2-m1']);
    expect(await receive(10, { VisibilityTimeout: 0 })).toEqual(['g3-m1', 'g1-m1', 'g1-m2', 'g2-m1', 'g2-m2']);
  });

  test("the queue's delay holds messages back; a delay of their own is refused", async () => {
    await send('1', 'late', 'late.fifo');
    expect(await sqs.receive('late.fifo')).toEqual([]);
    await sqs.clock.advance(10_000);
    expect(bodiesOf(await sqs.receive('late.fifo'))).toEqual(['late']);
    await expect(send('1', 'x', 'late.fifo', { DelaySeconds: 2 })).rejects.toMatchObject({
      message:
        'Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for ' +
        'this queue type.',
    });
  });

  test('sequence numbers grow and come with group and deduplication id', async () => {
    const first = await send('1', 'a');
    const second = await send('2', 'b');
    expect(first.SequenceNumber).toMatch(/^\d{20}$/);
    expect((second.SequenceNumber ?? '') > (first.SequenceNumber ?? '')).toBe(true);
    const [message] = await sqs.receive('orders.fifo');
    expect(message?.Attributes).toMatchObject({
      MessageGroupId: '1',
      SequenceNumber: first.SequenceNumber,
      MessageDeduplicationId: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    });
  });
});

describe('deduplication', () => {
  test('the same body within five minutes is accepted, answered with the first id and not delivered again', async () => {
    const first = await send('1', 'same');
    const [message] = await sqs.receive('orders.fifo');
    await remove(message);
    await sqs.clock.advance(299_999);
    const second = await send('2', 'same');
    expect(second).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber });
    expect(await receive()).toEqual([]);
    await sqs.clock.advance(1);
    expect((await send('1', 'same')).MessageId).not.toBe(first.MessageId);
    expect(await receive()).toEqual(['same']);
  });

  test('an explicit id goes before the content', async () => {
    await send('1', 'a', 'orders.fifo', { MessageDeduplicationId: 'one' });
    await send('1', 'b', 'orders.fifo', { MessageDeduplicationId: 'one' });
    await send('1', 'a', 'orders.fifo', { MessageDeduplicationId: 'two' });
    expect(await receive()).toEqual(['a', 'a']);
  });

  test('with the scope messageGroup, each group is its own', async () => {
    await send('1', 'same', 'scoped.fifo');
    await send('2', 'same', 'scoped.fifo');
    await send('2', 'same', 'scoped.fifo');
    expect(await sqs.receive('scoped.fifo')).toHaveLength(2);
  });

  test('without id and content-based deduplication, and without group, a message is refused', async () => {
    await expect(send('1', 'x', 'strict.fifo')).rejects.toMatchObject({
      message:
        'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    });
    await expect(send(undefined, 'x')).rejects.toMatchObject({
      name: 'MissingParameter',
      message: 'The request must contain the parameter MessageGroupId.',
    });
    await expect(send('group 123', 'x')).rejects.toMatchObject({
      message:
        'Value group 123 for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include ' +
        'alphanumeric and punctuation characters. 1 to 128 in length.',
    });
  });
});

describe('receipts', () => {
  test('a handle whose visibility timeout has passed is refused', async () => {
    await send('1', 'foobar');
    const [message] = await sqs.receive('orders.fifo');
    await sqs.clock.advance(30_000);
    await expect(remove(message)).rejects.toMatchObject({
      message: `Value ${message?.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
    });
    await expect(change(message, 10)).rejects.toMatchObject({ name: 'MessageNotInflight' });
  });

  test('the same attempt id gets the same messages under the same handles, once', async () => {
    for (const body of ['m1', 'm2']) await send('1', body);
    const attempt = { ReceiveRequestAttemptId: 'attempt-1' };
    const first = await sqs.receive('orders.fifo', attempt);
    await sqs.clock.advance(20_000);
    const again = await sqs.receive('orders.fifo', attempt);
    expect(again).toEqual(first);
    expect(await sqs.receive('orders.fifo')).toEqual([]);
    await sqs.clock.advance(29_999);
    expect(await sqs.receive('orders.fifo')).toEqual([]);

    await remove(first[0]);
    expect(await sqs.receive('orders.fifo', attempt)).toEqual([]);
  });
});

describe('dead letters', () => {
  test('the group goes on with its next message, and the dead letter keeps its group', async () => {
    for (const body of ['bad', 'good']) await send('1', body, 'once.fifo');
    await sqs.receive('once.fifo', { MaxNumberOfMessages: 1, VisibilityTimeout: 0 });
    expect(bodiesOf(await sqs.receive('once.fifo'))).toEqual(['good']);
    const [dead] = await sqs.receive('dead.fifo');
    expect(dead).toMatchObject({ Body: 'bad', Attributes: { MessageGroupId: '1', ApproximateReceiveCount: '2' } });
  });

  test('retention in a FIFO DLQ counts from the move', async () => {
    await send('1', 'bad', 'once.fifo');
    await sqs.receive('once.fifo', { VisibilityTimeout: 43_200 });
    await sqs.clock.advance(43_200_000);
    await sqs.receive('once.fifo');
    await sqs.clock.advance(345_600_000 - 1);
    expect(sqs.queue('dead.fifo').counts.available).toBe(1);
    await sqs.clock.advance(1);
    expect(sqs.queue('dead.fifo').counts.available).toBe(0);
  });
});

test('a standard queue takes a MessageGroupId (fair queues) and shows it, but no MessageDeduplicationId', async () => {
  await send('tenant-1', 'message', 'standard');
  const [message] = await sqs.receive('standard');
  expect(message?.Attributes).toMatchObject({ MessageGroupId: 'tenant-1' });
  await expect(send('t', 'x', 'standard', { MessageDeduplicationId: 'd' })).rejects.toMatchObject({
    message:
      'Value d for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not ' +
      'valid for this queue type.',
  });
});
