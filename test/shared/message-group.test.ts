import type { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sqsSendMessageBatch } from '../../lambdas/common/send.ts';
import { exampleOrder } from '../../shared/order/example-order.ts';
import { groupings, messageGroupOf } from '../../shared/message-group.ts';
import { groupingOf } from '../../shared/pipeline.ts';
import { orderMessage } from '../../tools/orders/commands/send.ts';

const ofAda = (orderId: string) => JSON.stringify({ ...exampleOrder(1, orderId), customerName: 'Ada Löwe 🦁' });

describe('the message group of an order', () => {
  test('is its own, or that of its customer', () => {
    expect(messageGroupOf(ofAda('A-1'), 'A-1', 'order')).toBe('A-1');
    const [one, other] = ['A-1', 'A-2'].map((id) => messageGroupOf(ofAda(id), id, 'customer'));
    expect(one).toMatch(/^customer-[\da-f]{32}$/);
    expect(other).toBe(one);
    expect(messageGroupOf(JSON.stringify(exampleOrder(2)), 'B', 'customer')).not.toBe(one);
  });

  test.each(['', '{', 'null', '[]', '{"customerName":7}', '{"customerName":""}'])(
    'of a body that names no customer (%s) is its own',
    (body) => {
      expect(messageGroupOf(body, 'own', 'customer')).toBe('own');
    },
  );

  test('is always one that SQS takes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (customerName) => {
        expect(messageGroupOf(JSON.stringify({ customerName }), 'own', 'customer')).toMatch(/^customer-[\da-f]{32}$/);
      }),
    );
  });

  test('is the same whoever sends the order: a function or orders send', async () => {
    const sent: unknown[] = [];
    const client = {
      send({ input }: SendMessageBatchCommand) {
        sent.push(input.Entries?.[0]?.MessageGroupId);
        return Promise.resolve({ Successful: [{ Id: '0' }] });
      },
    } as unknown as SQSClient;
    for (const grouping of groupings) {
      const send = sqsSendMessageBatch('https://queues/orders.fifo', client, grouping);
      expect(await send([{ index: 0, orderId: 'A-1', body: ofAda('A-1') }], new AbortController().signal)).toEqual([]);
      expect(sent.pop()).toBe(orderMessage(ofAda('A-1'), 'A-1', grouping).groupId);
    }
  });

  test('is an order’s own where the stack says nothing, and nothing that there is not', () => {
    expect([groupingOf({}), groupingOf({ GROUP_BY: 'customer' })]).toEqual(['order', 'customer']);
    expect(() => groupingOf({ GROUP_BY: 'street' })).toThrow('GROUP_BY is "street". Set it to order or customer');
  });
});
