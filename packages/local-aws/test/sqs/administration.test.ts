import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { arnOf, queueModel, withDeadLetterQueue } from './queue-model.ts';
import { type SqsHarness, startSqs } from './sqs-harness.ts';

let sqs: SqsHarness;

beforeEach(async () => {
  sqs = await startSqs([queueModel('dead'), withDeadLetterQueue('orders', 'dead', 3), queueModel('f.fifo')]);
});

describe('queues', () => {
  test('a created queue has a URL that works, and creating it again with the same attributes is no error', async () => {
    const first = await sqs.create('new', { DelaySeconds: '1', ReceiveMessageWaitTimeSeconds: '1' });
    expect(first.QueueUrl).toBe(sqs.url('new'));
    expect(await sqs.create('new')).toMatchObject({ QueueUrl: first.QueueUrl });
    expect(await sqs.create('new', { DelaySeconds: '1' })).toMatchObject({ QueueUrl: first.QueueUrl });
    await expect(sqs.create('new', { DelaySeconds: '2' })).rejects.toMatchObject({
      name: 'QueueNameExists',
      message: 'A queue already exists with the same name and a different value for attribute DelaySeconds',
    });
  });

  test('true and false may have any case, also when the queue is created again', async () => {
    const create = (FifoQueue: string, ContentBasedDeduplication: string) =>
      sqs.create('cased.fifo', { FifoQueue, ContentBasedDeduplication });
    await create('True', 'TRUE');
    expect(await sqs.attributesOf('cased.fifo', ['ContentBasedDeduplication', 'FifoQueue'])).toEqual({
      ContentBasedDeduplication: 'true',
      FifoQueue: 'true',
    });
    expect(await create('TRUE', 'true')).toMatchObject({ QueueUrl: sqs.url('cased.fifo') });
    await expect(create('true', 'False')).rejects.toMatchObject({ name: 'QueueNameExists' });
  });

  test.each(['https://example.com/orders', 'http://127.0.0.1/111122223333/orders', 'arn:aws:sqs:x', '?'])(
    'the address %s, which is not ours, is a queue that does not exist',
    async (QueueUrl) => {
      const command = new PurgeQueueCommand({ QueueUrl });
      await expect(sqs.client.send(command)).rejects.toMatchObject({
        name: 'QueueDoesNotExist',
        message: 'The specified queue does not exist.',
        $metadata: { httpStatusCode: 400 },
      });
    },
  );

  test('names are checked: length, characters, the suffix of FIFO queues', async () => {
    for (const name of ['a b', 'x'.repeat(81), 'queue.fifo']) {
      await expect(sqs.create(name)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    }
    await expect(sqs.create('no-suffix', { FifoQueue: 'true' })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await sqs.create('with-suffix.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  });

  test('a deleted queue is gone, and its name is taken for 60 seconds', async () => {
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl: sqs.url('f.fifo') }));
    const lookUp = () => sqs.client.send(new GetQueueUrlCommand({ QueueName: 'f.fifo' }));
    await expect(lookUp()).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    await expect(sqs.create('f.fifo', { FifoQueue: 'true' })).rejects.toMatchObject({
      name: 'QueueDeletedRecently',
      message: 'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
    });
    await sqs.clock.advance(60_000);
    await sqs.create('f.fifo', { FifoQueue: 'true' });
    expect(await lookUp()).toMatchObject({ QueueUrl: sqs.url('f.fifo') });
  });

  test('queues are listed by prefix and in pages', async () => {
    for (let index = 0; index < 5; index += 1) await sqs.create(`page-${index}`);
    const list = (input: object) => sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: 'page-', ...input }));
    expect((await list({})).QueueUrls).toHaveLength(5);
    const first = await list({ MaxResults: 2 });
    expect(first.QueueUrls).toEqual([sqs.url('page-0'), sqs.url('page-1')]);
    const rest = await list({ MaxResults: 10, NextToken: first.NextToken });
    expect(rest.QueueUrls).toHaveLength(3);
    expect(rest.NextToken).toBeUndefined();
    expect((await sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: 'none' }))).QueueUrls).toBeUndefined();
  });

  test('a page goes on after the last one, also when queues were deleted or created meanwhile', async () => {
    for (const name of ['page-b', 'page-c', 'page-d']) await sqs.create(name);
    const list = (input: object) => sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: 'page-', ...input }));
    const { NextToken } = await list({ MaxResults: 2 });
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl: sqs.url('page-b') }));
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl: sqs.url('page-c') }));
    await sqs.create('page-a');
    expect((await list({ MaxResults: 2, NextToken })).QueueUrls).toEqual([sqs.url('page-d')]);
  });

  test('without a page size the first 1,000 of a longer list are all there is; pages reach every queue', async () => {
    const names = Array.from({ length: 1_002 }, (_, index) => `long-${String(index).padStart(4, '0')}`);
    sqs.service.update({ queues: names.map((name) => queueModel(name)) });
    const list = (input: object) => sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: 'long-', ...input }));
    expect((await list({})).QueueUrls).toHaveLength(1_000);
    expect((await list({})).NextToken).toBeUndefined();
    const { QueueUrls, NextToken } = await list({ MaxResults: 1_000 });
    expect(QueueUrls).toHaveLength(1_000);
    expect((await list({ NextToken })).QueueUrls).toEqual([sqs.url('long-1000'), sqs.url('long-1001')]);
    for (const MaxResults of [0, 1_001]) {
      await expect(list({ MaxResults })).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    }
    await expect(list({ NextToken: 'none' })).rejects.toMatchObject({ message: 'Invalid or expired next token.' });
  });

  test('a purge forgets what a FIFO queue has accepted: the same deduplication id arrives again', async () => {
    const QueueUrl = sqs.url('f.fifo');
    const send = (MessageBody: string) =>
      sqs.client.send(
        new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: 'g', MessageDeduplicationId: 'same' }),
      );
    await send('before');
    await sqs.client.send(new PurgeQueueCommand({ QueueUrl }));
    await send('after');
    expect((await sqs.receive('f.fifo')).map(({ Body }) => Body)).toEqual(['after']);
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

describe('without the waits of 60 seconds', () => {
  test('a queue is purged again, and its name used again, at once', async () => {
    const quick = await startSqs([queueModel('orders')], { queueWaits: false });
    const QueueUrl = quick.url('orders');
    for (let times = 0; times < 3; times += 1) {
      await quick.client.send(new PurgeQueueCommand({ QueueUrl }));
      await quick.client.send(new DeleteQueueCommand({ QueueUrl }));
      await quick.create('orders');
    }
    expect(quick.service.queues()).toHaveLength(1);
  });
});

describe('queue URLs', () => {
  test('name the host and the port by which the caller came', async () => {
    for (const host of ['127.0.0.1', 'localhost', 'sqs.localhost']) {
      const authority = `${host}:${sqs.endpoint.port}`;
      const ask = async (target: string, input: object) => {
        const answer = await callAs(authority, sqs.endpoint.port, `AmazonSQS.${target}`, input);
        return JSON.stringify(answer);
      };
      const QueueUrl = `http://${authority}/000000000000/dead`;
      expect(await ask('GetQueueUrl', { QueueName: 'dead' })).toContain(`"${QueueUrl}"`);
      expect(await ask('CreateQueue', { QueueName: 'dead' })).toContain(`"${QueueUrl}"`);
      expect(await ask('ListQueues', { QueueNamePrefix: 'dead' })).toContain(`"${QueueUrl}"`);
      expect(await ask('ListDeadLetterSourceQueues', { QueueUrl })).toContain(
        `"http://${authority}/000000000000/orders"`,
      );
      expect(await ask('SendMessage', { QueueUrl, MessageBody: 'x' })).toContain('MessageId');
    }
  });
});

/** A call with a Host header of its own, which `fetch` does not let through. */
async function callAs(host: string, port: number, target: string, input: object): Promise<unknown> {
  const headers = {
    host,
    'x-amz-target': target,
    'content-type': 'application/x-amz-json-1.0',
    authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-central-1/sqs/aws4_request, Signature=x',
  };
  const sent = request({ host: '127.0.0.1', port, method: 'POST', headers });
  sent.end(JSON.stringify(input));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return json(response);
}

test('tags are added, replaced and removed', async () => {
  const QueueUrl = sqs.url('orders');
  const tags = async () => (await sqs.client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags;
  await sqs.client.send(new TagQueueCommand({ QueueUrl, Tags: { team: 'a', stage: 'dev' } }));
  await sqs.client.send(new TagQueueCommand({ QueueUrl, Tags: { team: 'b' } }));
  expect(await tags()).toEqual({ team: 'b', stage: 'dev' });
  await sqs.client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['team', 'stage', 'none'] }));
  expect(await tags()).toBeUndefined();
});

test('no tags, no keys and more than 50 tags are refused', async () => {
  const QueueUrl = sqs.url('orders');
  const tooMany = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`key-${index}`, 'x']));
  await expect(sqs.client.send(new TagQueueCommand({ QueueUrl, Tags: {} }))).rejects.toMatchObject({
    name: 'MissingParameter',
    message: 'The request must contain the parameter Tags.',
  });
  await expect(sqs.client.send(new UntagQueueCommand({ QueueUrl, TagKeys: [] }))).rejects.toMatchObject({
    message: 'Tag keys must be between 1 and 128 characters in length.',
  });
  await expect(sqs.client.send(new TagQueueCommand({ QueueUrl, Tags: tooMany }))).rejects.toMatchObject({
    message: 'Too many tags added for queue orders.',
  });
  const create = new CreateQueueCommand({ QueueName: 'tagged', tags: tooMany });
  await expect(sqs.client.send(create)).rejects.toMatchObject({ message: 'Too many tags added for queue tagged.' });
  expect(sqs.service.queues().map(({ name }) => name)).not.toContain('tagged');
});

describe('a changed template', () => {
  test('changes attributes, adds and removes queues, and keeps messages and what clients created', async () => {
    await sqs.client.send(new SendMessageCommand({ QueueUrl: sqs.url('orders'), MessageBody: 'kept' }));
    await sqs.create('by-client');
    await sqs.setAttributes('dead', { VisibilityTimeout: '7' });
    sqs.service.update({
      queues: [
        queueModel('dead'),
        { ...withDeadLetterQueue('orders', 'dead', 3), visibilityTimeoutSeconds: 5 },
        queueModel('added'),
      ],
    });

    expect(sqs.service.queues().map(({ name }) => name)).toEqual(['added', 'by-client', 'dead', 'orders']);
    expect((await sqs.attributesOf('orders'))?.VisibilityTimeout).toBe('5');
    expect((await sqs.attributesOf('dead'))?.VisibilityTimeout).toBe('7');
    expect((await sqs.receive('orders')).map(({ Body }) => Body)).toEqual(['kept']);
    expect(sqs.service.queue(arnOf('f.fifo'))).toBeUndefined();
  });
});
