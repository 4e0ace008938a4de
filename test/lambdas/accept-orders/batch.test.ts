import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleOrder, exampleUserX } from '../../../shared/order/example-order.ts';
import { messageLimits } from '../../../shared/pipeline.ts';
import { captureConsole } from '../captured-console.ts';
import { acceptOrders, batchEvent } from '../http-requests.ts';

captureConsole();
const { orderId: _orderId, ...withoutId } = exampleOrder(1);

const largeOrder = (index: number) => ({ ...exampleOrder(index), note: 'x'.repeat(messageLimits.bytes - 200) });

describe('a batch', () => {
  const good = [exampleOrder(0, 'A'), exampleOrder(1, 'B')];

  test('of good orders is 202, with an address for each', async () => {
    const { status, document } = await acceptOrders().ask(batchEvent(good));
    expect({ status, document }).toEqual({
      status: 202,
      document: {
        orders: ['A', 'B'].map((orderId) => ({ status: 202, orderId, location: `/orders/${orderId}` })),
      },
    });
  });

  test('of which some orders are bad is 207, with the reasons of each', async () => {
    const { status, document } = await acceptOrders().ask(batchEvent([...good, exampleUserX(2, 'X')]));
    expect(status).toBe(207);
    expect(document['orders']).toMatchObject([
      { status: 202 },
      { status: 202 },
      { status: 400, kind: 'invalid', reasons: ['/customerAddress is required'] },
    ]);
  });

  test('of bad orders only is 400, a problem with the reasons of each', async () => {
    const { status, headers, document } = await acceptOrders().ask(batchEvent([exampleUserX(2), 7]));
    expect({ status, type: headers['content-type'] }).toEqual({ status: 400, type: 'application/problem+json' });
    expect(document['orders']).toMatchObject([
      { status: 400 },
      { status: 400, reasons: ['the order must be an object'] },
    ]);
  });

  test('whose orders have no ids gives each the key and its place', async () => {
    const { document } = await acceptOrders().ask(batchEvent([withoutId, withoutId], { 'idempotency-key': 'K' }));
    expect(document['orders']).toMatchObject([{ orderId: 'K-0' }, { orderId: 'K-1' }]);
  });

  test.each([
    ['[]', 'A batch has 1 to 10 orders, not 0: send several batches.'],
    [
      JSON.stringify(Array.from({ length: 11 }, (_, index) => exampleOrder(index))),
      'A batch has 1 to 10 orders, not 11',
    ],
    ['{}', 'The body of a batch is a JSON array of orders.'],
    ['[1', 'The body of a batch is a JSON array of orders.'],
  ])('of another size or kind is refused: %.20s', async (body, detail) => {
    const { status, document } = await acceptOrders().ask(batchEvent(body));
    expect({ status, detail: document['detail'] }).toEqual({ status: 400, detail: expect.stringContaining(detail) });
  });

  test('may hold ten orders of the largest size, and no more bytes', async () => {
    const door = acceptOrders();
    const large = Array.from({ length: 10 }, (_, index) => largeOrder(index));
    expect(await door.ask(batchEvent(large))).toMatchObject({ status: 202 });
    expect(door.taken).toHaveLength(10);
    expect(await door.ask(batchEvent([...large.slice(1), { note: 'x'.repeat(400_000) }]))).toMatchObject({
      status: 413,
    });
  });

  test('is answered for each order by what SQS has, whatever SQS refuses', async () => {
    const behaviours = fc.array(fc.constantFrom('good', 'bad', 'refused', 'late'), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(behaviours, async (kinds) => {
        const queue = new Set<string>();
        let tries = 0;
        const { ask } = acceptOrders({
          sendMessageBatch(messages) {
            tries += 1;
            const refusals = messages.flatMap(({ orderId, index }, position) => {
              const kind = kinds[index];
              if (kind === 'refused' || (kind === 'late' && tries < 3)) {
                return [{ position, code: 'Busy', message: '', senderFault: false }];
              }
              queue.add(orderId);
              return [];
            });
            return Promise.resolve(refusals);
          },
        });
        const orders = kinds.map((kind, index) => (kind === 'bad' ? exampleUserX(index) : exampleOrder(index)));
        const { status, document } = await ask(batchEvent(orders));
        const results = document['orders'] as readonly { readonly status: number; readonly orderId?: string }[];
        const expected = { good: 202, late: 202, bad: 400, refused: 503 };
        expect(results.map((result) => result.status)).toEqual(kinds.map((kind) => expected[kind]));
        const accepted = results.filter((result) => result.status === 202).map(({ orderId }) => orderId);
        expect(new Set(accepted)).toEqual(queue);
        expect(status).toBe(new Set(results.map((result) => result.status)).size === 1 ? results[0]!.status : 207);
      }),
    );
  });
});
