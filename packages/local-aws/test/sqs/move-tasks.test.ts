import {
  CancelMessageMoveTaskCommand,
  CreateQueueCommand,
  DeleteQueueCommand,
  ListMessageMoveTasksCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { arnOf, queueModel, withDeadLetterQueue } from './queue-model.ts';
import { type SqsHarness, startSqs } from './sqs-harness.ts';

let sqs: SqsHarness;

beforeEach(async () => {
  sqs = await startSqs([
    queueModel('dead'),
    withDeadLetterQueue('orders', 'dead', 1),
    withDeadLetterQueue('returns', 'dead', 1),
  ]);
});

const start = (input: Partial<ConstructorParameters<typeof StartMessageMoveTaskCommand>[0]> = {}) =>
  sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf('dead'), ...input }));
const list = async (MaxResults = 10) => {
  const command = new ListMessageMoveTasksCommand({ SourceArn: arnOf('dead'), MaxResults });
  return (await sqs.client.send(command)).Results ?? [];
};
const cancel = (TaskHandle: string | undefined) => sqs.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));

/** Sends messages and lets each use up its one receive. */
async function killMessages(queue: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const command = new SendMessageCommand({ QueueUrl: sqs.url(queue), MessageBody: `${queue} ${index}` });
    ids.push((await sqs.client.send(command)).MessageId ?? '');
  }
  sqs.queue(queue).receive({ max: count, visibilityTimeoutSeconds: 0 });
  sqs.queue(queue).receive({ max: count });
  return ids;
}

describe('StartMessageMoveTask', () => {
  test('brings each message back to where it came from, as a new message', async () => {
    const [oldId] = await killMessages('orders', 1);
    await killMessages('returns', 1);
    await start();
    await sqs.clock.advance(0);

    const [order] = await sqs.receive('orders');
    expect(order).toMatchObject({ Body: 'orders 0', Attributes: { ApproximateReceiveCount: '1' } });
    expect(order?.MessageId).not.toBe(oldId);
    expect(order?.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn');
    expect((await sqs.receive('returns')).map(({ Body }) => Body)).toEqual(['returns 0']);
    expect(await list()).toEqual([
      {
        Status: 'COMPLETED',
        SourceArn: arnOf('dead'),
        ApproximateNumberOfMessagesMoved: 2,
        ApproximateNumberOfMessagesToMove: 2,
        StartedTimestamp: expect.any(Number),
      },
    ]);
  });

  test('brings all to one destination when given', async () => {
    await killMessages('orders', 2);
    await start({ DestinationArn: arnOf('returns') });
    await sqs.clock.advance(0);
    expect(sqs.queue('returns').counts.available).toBe(2);
    expect(await list()).toMatchObject([{ DestinationArn: arnOf('returns'), Status: 'COMPLETED' }]);
  });

  test('onto its own source ends when it has moved as many messages as there were', async () => {
    await killMessages('orders', 2);
    await start({ DestinationArn: arnOf('dead') });
    await sqs.clock.advance(60_000);
    expect(await list()).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 2 }]);
    expect(sqs.queue('dead').counts.available).toBe(2);
  });

  test('keeps to the messages a second it was given; a second task is refused meanwhile', async () => {
    await killMessages('orders', 5);
    const { TaskHandle } = await start({ MaxNumberOfMessagesPerSecond: 2 });
    await sqs.clock.advance(0);
    expect(sqs.queue('orders').counts.available).toBe(2);
    expect(await list()).toMatchObject([{ Status: 'RUNNING', TaskHandle, MaxNumberOfMessagesPerSecond: 2 }]);
    await expect(start()).rejects.toMatchObject({
      message:
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    });
    await sqs.clock.advance(1_000);
    expect(sqs.queue('orders').counts.available).toBe(4);
    await sqs.clock.advance(1_000);
    expect(await list()).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 5 }]);
  });

  test('moves at most 500 a second', async () => {
    const queue = sqs.queue('orders');
    queue.send(Array.from({ length: 501 }, (_, index) => ({ body: String(index), senderId: 'test' })));
    queue.receive({ max: 501, visibilityTimeoutSeconds: 0 });
    queue.receive({ max: 501 });
    await start();
    await sqs.clock.advance(999);
    expect(queue.counts.available).toBe(500);
    await sqs.clock.advance(1);
    expect(queue.counts.available).toBe(501);
  });

  test('stops where it is when cancelled', async () => {
    await killMessages('orders', 3);
    const { TaskHandle } = await start({ MaxNumberOfMessagesPerSecond: 1 });
    await sqs.clock.advance(0);
    expect(await cancel(TaskHandle)).toMatchObject({ ApproximateNumberOfMessagesMoved: 1 });
    await sqs.clock.advance(10_000);
    expect(sqs.queue('dead').counts.available).toBe(2);
    expect((await list())[0]).toMatchObject({ Status: 'CANCELLED' });
    expect((await list())[0]).not.toHaveProperty('TaskHandle');
  });

  test('fails when its destination goes, and the messages stay', async () => {
    await sqs.client.send(new CreateQueueCommand({ QueueName: 'target' }));
    await killMessages('orders', 3);
    await start({ DestinationArn: arnOf('target'), MaxNumberOfMessagesPerSecond: 1 });
    await sqs.clock.advance(0);
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl: sqs.url('target') }));
    await sqs.clock.advance(1_000);
    expect(await list()).toMatchObject([
      { Status: 'FAILED', FailureReason: 'AWS.SimpleQueueService.NonExistentQueue' },
    ]);
    expect(sqs.queue('dead').counts.available).toBe(2);
  });

  test.each([
    [
      { SourceArn: arnOf('orders') },
      'InvalidParameterValue',
      'Source queue must be configured as a Dead Letter Queue.',
    ],
    [
      { SourceArn: arnOf('nowhere') },
      'ResourceNotFoundException',
      "The resource that you specified for the SourceArn parameter doesn't exist.",
    ],
    [
      { DestinationArn: arnOf('nowhere') },
      'ResourceNotFoundException',
      "The resource that you specified for the DestinationArn parameter doesn't exist.",
    ],
  ])('refuses %j', async (input, name, message) => {
    await expect(start(input)).rejects.toMatchObject({ name, message });
  });
});

const handle = (sourceArn: string) => Buffer.from(JSON.stringify({ taskId: 'x', sourceArn })).toString('base64');

test('cancelling a handle that is none, or of no task, is refused', async () => {
  await expect(cancel('foobared')).rejects.toMatchObject({ message: 'Value for parameter TaskHandle is invalid.' });
  await expect(cancel(handle(arnOf('dead')))).rejects.toMatchObject({ message: 'Task does not exist.' });
  await expect(cancel(handle(arnOf('nowhere')))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
