import { createHash } from 'node:crypto';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { queueModel } from './queue-model.ts';
import { type SqsHarness, startSqs } from './sqs-harness.ts';

let sqs: SqsHarness;

beforeEach(async () => {
  sqs = await startSqs([queueModel('orders'), queueModel('small', { maximumMessageSizeBytes: 1_024 })]);
});

const text = (value: string) => ({ DataType: 'String', StringValue: value });

const send = (body: string, more: object = {}) =>
  sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.url('orders'), MessageBody: body, ...more }));

const receiveChoosing = async (MessageAttributeNames: string[]) =>
  (await sqs.receive('orders', { MessageAttributeNames, VisibilityTimeout: 0 }))[0];

describe('SendMessage and ReceiveMessage', () => {
  test('a message comes back with its id, body, MD5 and system attributes', async () => {
    const sent = await send('{"name":"cat.jpg"}');
    const [message] = await sqs.receive('orders');

    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: '{"name":"cat.jpg"}',
      MD5OfBody: createHash('md5').update('{"name":"cat.jpg"}').digest('hex'),
      Attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(sqs.clock.now()),
        ApproximateFirstReceiveTimestamp: String(sqs.clock.now()),
      },
    });
    expect(message?.Attributes?.SenderId).toMatch(/^AIDA/);
    expect(message?.MD5OfMessageAttributes).toBeUndefined();
  });

  test('emoji and other characters beyond U+FFFF pass', async () => {
    await send('order 🍕 for 𝒰ser');
    expect((await sqs.receive('orders'))[0]?.Body).toBe('order 🍕 for 𝒰ser');
  });

  test.each([['\u0001'], ['a\uFFFE'], ['\uD800 alone']])('the characters of %j are refused', async (body) => {
    // The SDK would replace a lone surrogate before sending, so the request is made by hand.
    const response = await fetch(sqs.endpoint.url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AmazonSQS.SendMessage',
        'content-type': 'application/x-amz-json-1.0',
        authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-central-1/sqs/aws4_request',
      },
      body: `{"QueueUrl":"${sqs.url('orders')}","MessageBody":${JSON.stringify(body)}}`,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'com.amazonaws.sqs#InvalidMessageContents' });
  });

  test('the MD5 of string, number and binary attributes is the one the SDK computes itself', async () => {
    // The SDK's own middleware compares MD5OfMessageBody; the attribute digest is a value recorded from AWS.
    const traceparent = Buffer.from('traceparent\u001e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01');
    const attributes = { attr1: { DataType: 'Binary', BinaryValue: traceparent } };
    const sent = await send('test', { MessageAttributes: attributes });
    expect(sent.MD5OfMessageAttributes).toBe('8cbe4db156db8a94db8b801b7addb984');

    const [message] = await sqs.receive('orders');
    expect(message?.MD5OfMessageAttributes).toBe('8cbe4db156db8a94db8b801b7addb984');
    expect(Buffer.from(message?.MessageAttributes?.['attr1']?.BinaryValue ?? [])).toEqual(traceparent);
  });

  test('the MD5 of system attributes is told to who sends them, message by message', async () => {
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const MessageSystemAttributes = { AWSTraceHeader: { DataType: 'String', StringValue: trace } } as const;
    // The digest is the one that LocalStack recorded from AWS.
    const digest = '5ae4d5d7636402d80f4eb6d213245a88';
    expect((await send('traced', { MessageSystemAttributes })).MD5OfMessageSystemAttributes).toBe(digest);
    expect((await send('plain')).MD5OfMessageSystemAttributes).toBeUndefined();
    const Entries = [
      { Id: 'plain', MessageBody: 'x' },
      { Id: 'traced', MessageBody: 'y', MessageSystemAttributes },
    ];
    const batch = await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: sqs.url('orders'), Entries }));
    expect(batch.Successful?.map((sent) => sent.MD5OfMessageSystemAttributes)).toEqual([undefined, digest]);
  });

  test('message attributes are chosen by name, by prefix or all, and the MD5 is of those chosen', async () => {
    const all = { Hello: text('There'), General: text('Kenobi'), 'Help.Me': text('Me') };
    await send('msg', { MessageAttributes: all });

    expect(await receiveChoosing(['All'])).toMatchObject({
      MessageAttributes: all,
      MD5OfMessageAttributes: '4c360f3fdafd970e05fae2f149d997f5',
    });
    expect((await receiveChoosing(['.*']))?.MessageAttributes).toEqual(all);
    expect(Object.keys((await receiveChoosing(['Hel.*']))?.MessageAttributes ?? {}).toSorted()).toEqual([
      'Hello',
      'Help.Me',
    ]);
    expect((await receiveChoosing(['General']))?.MessageAttributes).toEqual({ General: text('Kenobi') });
    expect((await receiveChoosing([]))?.MessageAttributes).toBeUndefined();
  });

  test.each([
    [
      { MaxNumberOfMessages: 11 },
      'Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.',
    ],
    [
      { WaitTimeSeconds: 21 },
      'Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.',
    ],
    [
      { VisibilityTimeout: 43_201 },
      'Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200.',
    ],
  ])('a receive with %j is refused', async (input, message) => {
    await expect(sqs.receive('orders', input)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message,
    });
  });

  test('a queue that is not there is QueueDoesNotExist, whatever the host in its URL', async () => {
    await send('one');
    const elsewhere = await sqs.receive('orders', {
      QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/000000000000/orders',
    });
    expect(elsewhere).toHaveLength(1);
    await expect(sqs.receive('nowhere')).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    });
  });

  test('a message above the limit of its own queue is refused', async () => {
    const QueueUrl = sqs.url('small');
    await send('x'.repeat(1_024), { QueueUrl });
    await expect(send('x'.repeat(1_025), { QueueUrl })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: 'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
    });
  });

  test('a message of 1 MiB passes, one byte more is refused', async () => {
    await send('x'.repeat(1_048_576));
    await expect(send('x'.repeat(1_048_577))).rejects.toMatchObject({
      message: 'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.',
    });
  });

  test('an empty body, an empty attribute, a list and an attribute name that is reserved or not ASCII are refused', async () => {
    await expect(send('')).rejects.toMatchObject({
      message: 'The request must contain the parameter MessageBody.',
    });
    const empty = { ErrorDetails: { DataType: 'String', StringValue: '' } };
    await expect(send('x', { MessageAttributes: empty })).rejects.toMatchObject({
      message: "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'.",
    });
    const beyondAscii = { größe: text('5') };
    await expect(send('x', { MessageAttributes: beyondAscii })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining('can only contain') as unknown,
    });
    const list = { DataType: 'String', StringValue: 'x', StringListValues: ['y'] };
    await expect(send('x', { MessageAttributes: { list } })).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      Code: 'AWS.SimpleQueueService.UnsupportedOperation',
      message: 'Message attribute list values in SendMessage operation are not supported.',
    });
    const reserved = { 'AWS.x': { DataType: 'String', StringValue: 'x' } };
    await expect(send('x', { MessageAttributes: reserved })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });
});

describe('DeleteMessage', () => {
  test('deletes, and deleting again is no error', async () => {
    await send('once');
    const [message] = await sqs.receive('orders');
    const command = new DeleteMessageCommand({ QueueUrl: sqs.url('orders'), ReceiptHandle: message?.ReceiptHandle });
    await sqs.client.send(command);
    await sqs.client.send(command);
    expect(sqs.queue('orders').counts).toMatchObject({ available: 0, 'in-flight': 0 });
  });

  test('an outdated handle succeeds and deletes nothing', async () => {
    await send('received twice');
    const [first] = await sqs.receive('orders', { VisibilityTimeout: 0 });
    const [second] = await sqs.receive('orders');
    const remove = (handle: string | undefined) =>
      sqs.client.send(new DeleteMessageCommand({ QueueUrl: sqs.url('orders'), ReceiptHandle: handle }));

    await remove(first?.ReceiptHandle);
    expect(sqs.queue('orders').counts['in-flight']).toBe(1);
    await remove(second?.ReceiptHandle);
    expect(sqs.queue('orders').counts['in-flight']).toBe(0);
  });

  test('the latest handle deletes even after the message became visible again', async () => {
    await send('late');
    const [message] = await sqs.receive('orders');
    await sqs.clock.advance(31_000);
    await sqs.client.send(
      new DeleteMessageCommand({ QueueUrl: sqs.url('orders'), ReceiptHandle: message?.ReceiptHandle }),
    );
    expect(sqs.queue('orders').counts.available).toBe(0);
  });

  test('garbage and handles of another queue are ReceiptHandleIsInvalid', async () => {
    await send('mine');
    const [message] = await sqs.receive('orders');
    for (const ReceiptHandle of ['garbage', message?.ReceiptHandle]) {
      const command = new DeleteMessageCommand({ QueueUrl: sqs.url('small'), ReceiptHandle });
      await expect(sqs.client.send(command)).rejects.toMatchObject({
        name: 'ReceiptHandleIsInvalid',
        message: `The input receipt handle "${ReceiptHandle}" is not a valid receipt handle.`,
      });
    }
  });
});

test('the trace header of the request becomes AWSTraceHeader', async () => {
  const response = await fetch(sqs.endpoint.url, {
    method: 'POST',
    headers: {
      'x-amz-target': 'AmazonSQS.SendMessage',
      'x-amzn-trace-id': 'Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1',
      authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-central-1/sqs/aws4_request',
    },
    body: JSON.stringify({ QueueUrl: sqs.url('orders'), MessageBody: 'traced' }),
  });
  expect(response.status).toBe(200);
  expect((await sqs.receive('orders'))[0]?.Attributes?.AWSTraceHeader).toBe(
    'Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1',
  );
});

test('with 120,000 messages in flight a short poll of a standard queue is refused', async () => {
  const queue = sqs.queue('orders');
  queue.send(Array.from({ length: 120_001 }, () => ({ body: 'x', senderId: 'test' })));
  expect(queue.receive({ max: 120_001 })).toHaveLength(120_000);
  await expect(sqs.receive('orders')).rejects.toMatchObject({ name: 'OverLimit', $metadata: { httpStatusCode: 403 } });
});

test('the counters are true without anybody receiving', async () => {
  await send('now');
  await send('later', { DelaySeconds: 10 });
  await send('taken');
  await sqs.receive('orders', { MaxNumberOfMessages: 1 });
  const counters = async () => {
    const command = new GetQueueAttributesCommand({ QueueUrl: sqs.url('orders'), AttributeNames: ['All'] });
    const { Attributes: attributes } = await sqs.client.send(command);
    const names = [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ];
    return names.map((name) => attributes?.[name as 'ApproximateNumberOfMessages']);
  };

  expect(await counters()).toEqual(['1', '1', '1']);
  await sqs.clock.advance(10_000);
  expect(await counters()).toEqual(['2', '1', '0']);
  await sqs.clock.advance(20_000);
  expect(await counters()).toEqual(['3', '0', '0']);
});
