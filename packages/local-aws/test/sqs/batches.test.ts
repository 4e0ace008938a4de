import { DeleteMessageBatchCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { queueModel } from './queue-model.ts';
import { type SqsHarness, startSqs } from './sqs-harness.ts';

let sqs: SqsHarness;

beforeEach(async () => {
  sqs = await startSqs([queueModel('orders'), queueModel('small', { maximumMessageSizeBytes: 1_024 })]);
});

const sendBatch = (bodies: readonly string[], queue = 'orders') =>
  sqs.client.send(
    new SendMessageBatchCommand({
      QueueUrl: sqs.url(queue),
      Entries: bodies.map((body, index) => ({ Id: `m${index}`, MessageBody: body })),
    }),
  );

describe('batches', () => {
  test('ten messages are one event, eleven are refused and nothing is enqueued', async () => {
    await sendBatch(Array.from({ length: 10 }, (_, index) => `order ${index}`));
    expect(sqs.eventsOf('messages-sent')).toHaveLength(1);
    expect(sqs.eventsOf('messages-sent')[0]?.messages).toHaveLength(10);

    await expect(sendBatch(Array.from({ length: 11 }, () => 'x'))).rejects.toMatchObject({
      name: 'TooManyEntriesInBatchRequest',
      Code: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
      message: 'Maximum number of entries per request are 10. You have sent 11.',
    });
    expect(sqs.queue('orders').counts.available).toBe(10);
  });

  test('a total above 1 MiB is BatchRequestTooLong', async () => {
    await expect(sendBatch(['x'.repeat(600_000), 'x'.repeat(448_577)])).rejects.toMatchObject({
      name: 'BatchRequestTooLong',
      message: 'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
    });
  });

  test('a total above the limit of the queue is sent, if no message is', async () => {
    const answer = await sendBatch(['x'.repeat(1_024), 'x'.repeat(1_024)], 'small');
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['m0', 'm1']);
  });

  test('an entry at fault comes back in Failed with HTTP 200, the others are sent', async () => {
    const answer = await sendBatch(['fine', 'x'.repeat(1_025)], 'small');
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['m0']);
    expect(answer.Failed).toEqual([
      {
        Id: 'm1',
        Code: 'InvalidParameterValue',
        SenderFault: true,
        Message: 'One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.',
      },
    ]);
  });

  test.each([
    [[], 'EmptyBatchRequest'],
    [
      [
        { Id: 'a', MessageBody: 'x' },
        { Id: 'a', MessageBody: 'y' },
      ],
      'BatchEntryIdsNotDistinct',
    ],
    [[{ Id: 'not valid', MessageBody: 'x' }], 'InvalidBatchEntryId'],
  ])('entries %j are %s', async (Entries, name) => {
    const command = new SendMessageBatchCommand({ QueueUrl: sqs.url('orders'), Entries });
    await expect(sqs.client.send(command)).rejects.toMatchObject({ name });
  });

  test('deleting a batch reports the handle at fault and deletes the rest', async () => {
    await sendBatch(['a', 'b']);
    const [first] = await sqs.receive('orders');
    const answer = await sqs.client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: sqs.url('orders'),
        Entries: [
          { Id: 'good', ReceiptHandle: first?.ReceiptHandle },
          { Id: 'bad', ReceiptHandle: 'garbage' },
        ],
      }),
    );
    expect(answer.Successful).toEqual([{ Id: 'good' }]);
    expect(answer.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid', SenderFault: true }]);
  });
});
