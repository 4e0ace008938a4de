import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from 'local-aws/testing';
import { messageLimits } from '../../../../shared/pipeline.ts';
import { bytesOf, messageBatches, type OutgoingMessage, sendMessages } from '../../../../tools/orders/aws/send.ts';
import { orderMessage } from '../../../../tools/orders/commands/send.ts';

const messageOf = (body: string, attribute = ''): OutgoingMessage => ({
  body,
  attributes: attribute === '' ? {} : { note: { dataType: 'String', stringValue: attribute } },
  groupId: body.slice(0, 3),
  deduplicationId: body.slice(0, 3),
});

describe('messages in batches', () => {
  test('keep their order, lose nothing, and stay within what SQS takes', async () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 50_000, max: 300_000 }));
    await fc.assert(
      fc.asyncProperty(fc.array(size, { maxLength: 25 }), fc.integer({ min: 1, max: 10 }), async (sizes, entries) => {
        const parcels = sizes.map((bytes, subject) => ({ subject, message: messageOf('x'.repeat(bytes), 'y') }));
        const batches = await Array.fromAsync(messageBatches(streamOf(parcels), entries));
        const seen = batches.flatMap((batch) => (batch.kind === 'batch' ? batch.messages : [batch.message]));
        expect(seen.map(({ subject }) => subject)).toEqual(sizes.map((_, index) => index));
        for (const batch of batches) {
          const sent = batch.kind === 'batch' ? batch.messages : [batch.message];
          const bytes = sent.reduce((sum, { message }) => sum + bytesOf(message), 0);
          expect(bytes).toBeLessThanOrEqual(messageLimits.batchBytes);
          const areTooLarge = sent.map(({ message }) => bytesOf(message) > messageLimits.bytes);
          expect(areTooLarge).toEqual(sent.map(() => batch.kind === 'too-large'));
          expect(sent.length).toBeLessThanOrEqual(entries);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('count attributes by name, type and value', () => {
    const attributes = { a: { dataType: 'String', stringValue: 'ü' }, b: { dataType: 'Binary', binaryValue: 'AQID' } };
    expect(bytesOf({ ...messageOf('12345'), attributes })).toBe(5 + (1 + 6 + 2) + (1 + 6 + 3));
  });
});

describe('sending', () => {
  interface Request {
    readonly Entries: readonly {
      readonly Id: string;
      readonly MessageBody: string;
      readonly MessageGroupId?: string;
    }[];
  }
  /** SQS that refuses for its own reasons what it has not been asked for often enough. */
  function queueThat(
    answer: (entry: Request['Entries'][number], attempt: number) => 'ok' | 'busy' | 'bad',
    name = 'q',
  ) {
    const client = new SQSClient({ region: 'eu-west-1' });
    const requests: Request[] = [];
    client.send = ((command: { readonly input: Request }) => {
      requests.push(command.input);
      const answers = command.input.Entries.map((entry) => ({ entry, is: answer(entry, requests.length) }));
      return Promise.resolve({
        Successful: answers
          .filter(({ is }) => is === 'ok')
          .map(({ entry }) => ({ Id: entry.Id, MessageId: `m-${entry.MessageBody}` })),
        Failed: answers
          .filter(({ is }) => is !== 'ok')
          .map(({ entry, is }) => ({ Id: entry.Id, Code: is, Message: 'no', SenderFault: is === 'bad' })),
      });
    }) as SQSClient['send'];
    const clock = new ManualClock();
    return { queue: { client, url: `https://sqs/${name}`, clock, random: () => 1 }, requests, clock };
  }

  test('tries again what SQS refused for its own reasons, and names what it will not take', async () => {
    const { queue, requests, clock } = queueThat(({ MessageBody: body }, attempt) =>
      body === 'bad' ? 'bad' : body === 'slow' && attempt < 3 ? 'busy' : 'ok',
    );
    const sending = sendMessages(queue, [messageOf('good'), messageOf('bad'), messageOf('slow')]);
    await clock.advance(60_000);
    expect(await sending).toEqual([
      { sent: true, messageId: 'm-good' },
      { sent: false, code: 'bad', message: 'no' },
      { sent: true, messageId: 'm-slow' },
    ]);
    expect(requests.map(({ Entries: entries }) => entries.map(({ MessageBody: body }) => body))).toEqual([
      ['good', 'bad', 'slow'],
      ['slow'],
      ['slow'],
    ]);
  });

  test('gives up after a while', async () => {
    const { queue, requests, clock } = queueThat(() => 'busy');
    const sending = sendMessages(queue, [messageOf('never')]);
    await clock.advance(600_000);
    expect(await sending).toEqual([{ sent: false, code: 'busy', message: 'no' }]);
    expect(requests).toHaveLength(5);
  });

  test('names group and deduplication id for FIFO queues only', async () => {
    const fifo = queueThat(() => 'ok', 'q.fifo');
    await sendMessages(fifo.queue, [messageOf('abcdef')]);
    expect(fifo.requests[0]?.Entries[0]).toMatchObject({ MessageGroupId: 'abc', MessageDeduplicationId: 'abc' });
    const standard = queueThat(() => 'ok');
    await sendMessages(standard.queue, [messageOf('abcdef')]);
    expect(standard.requests[0]?.Entries[0]?.MessageGroupId).toBeUndefined();
  });

  test('puts a message into the group that its first sender chose, in queues of both kinds', async () => {
    for (const name of ['q.fifo', 'q']) {
      const { queue, requests } = queueThat(() => 'ok', name);
      await sendMessages(queue, [{ ...messageOf('abcdef'), senderGroupId: 'customer-7' }]);
      expect(requests[0]?.Entries[0]?.MessageGroupId).toBe('customer-7');
    }
  });
});

test('a FIFO queue takes a corrected order for another message of the same group, and the same order for the same', () => {
  const [bad, good] = [orderMessage('{"orderId":"a"}', 'a'), orderMessage('{"orderId":"a","items":[]}', 'a')];
  expect(good.groupId).toBe(bad.groupId);
  expect(good.deduplicationId).not.toBe(bad.deduplicationId);
  expect(orderMessage('{"orderId":"a"}', 'a')).toEqual(bad);
  expect(orderMessage('{ "items": [], "orderId": "a" }', 'a').deduplicationId).toBe(good.deduplicationId);
});

async function* streamOf<T>(elements: readonly T[]) {
  for (const element of elements) yield await Promise.resolve(element);
}
