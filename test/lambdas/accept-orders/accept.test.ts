import { describe, expect, test } from '@jest/globals';
import type { EntryRefusal } from '../../../lambdas/common/send.ts';
import { brokenOrder } from '../../../shared/order/broken-order.ts';
import { exampleOrder } from '../../../shared/order/example-order.ts';
import { orderDefects } from '../../../shared/order/order-defects.generated.ts';
import { readOrder } from '../../../shared/order/read-order.ts';
import { messageLimits } from '../../../shared/pipeline.ts';
import { captureConsole } from '../captured-console.ts';
import { acceptOrders, postEvent } from '../http-requests.ts';

const lines = captureConsole();
const { orderId: _orderId, ...withoutId } = exampleOrder(1);

const sized = (bytes: number) => {
  const order = { ...withoutId, note: '' };
  return { ...order, note: 'x'.repeat(bytes - JSON.stringify(order).length) };
};

const refusal = (senderFault: boolean): EntryRefusal => ({
  position: 0,
  code: 'Throttled',
  message: 'No.',
  senderFault,
});

describe('an order that comes by HTTP', () => {
  test('is accepted when SQS has it: 202, its id and its address', async () => {
    const door = acceptOrders();
    const { status, headers, document } = await door.ask(postEvent(exampleOrder(3, 'A-1')));
    expect({ status, document }).toEqual({
      status: 202,
      document: { status: 202, orderId: 'A-1', location: '/orders/A-1' },
    });
    expect(headers).toMatchObject({ location: 'orders/A-1', 'content-type': 'application/json' });
    expect(door.taken).toEqual([{ index: 0, orderId: 'A-1', body: JSON.stringify(exampleOrder(3, 'A-1')) }]);
    expect(door.published).toEqual([{ OrdersQueued: 1, OrdersNotQueued: 0, OrdersRefused: 0 }]);
  });

  test('without an id gets a new one, in its body too', async () => {
    const door = acceptOrders();
    const { document } = await door.ask(postEvent(withoutId));
    expect(document).toMatchObject({ orderId: 'new-1', location: '/orders/new-1' });
    expect(JSON.parse(door.taken[0]!.body)).toEqual({ ...withoutId, orderId: 'new-1' });
  });

  test.each(['key-7', '"key-7"', ' "key-7" '])(
    'without an id gets the Idempotency-Key %s, each time it is sent',
    async (key) => {
      const door = acceptOrders();
      const request = postEvent(withoutId, { 'idempotency-key': key });
      const answers = [await door.ask(request), await door.ask(request)];
      expect(answers.map(({ document }) => document['orderId'])).toEqual(['key-7', 'key-7']);
      expect(door.taken[0]!.body).toBe(door.taken[1]!.body);
      expect(readOrder(door.taken[0]!.body)).toMatchObject({ kind: 'order', orderId: 'key-7' });
    },
  );

  test('keeps its own id beside an Idempotency-Key', async () => {
    const { document } = await acceptOrders().ask(postEvent(exampleOrder(0, 'own'), { 'idempotency-key': 'key' }));
    expect(document['orderId']).toBe('own');
  });

  test('is not taken with an Idempotency-Key that can be no id', async () => {
    const door = acceptOrders();
    const { status, document } = await door.ask(postEvent(withoutId, { 'idempotency-key': 'no id?' }));
    expect({ status, reasons: document['reasons'] }).toEqual({
      status: 400,
      reasons: ['/orderId must match ^[A-Za-z0-9_-]{1,64}$'],
    });
    expect(document['detail']).toContain('Idempotency-Key');
    expect(door.taken).toEqual([]);
  });

  test('stays as the sender wrote it, digit for digit', async () => {
    const door = acceptOrders();
    const text = `  { "customerName":"Ada","customerAddress" : "1 A", "items":[], "total": 12345678901234567890.10 }`;
    await door.ask(postEvent(text, { 'idempotency-key': 'exact' }));
    expect(door.taken[0]!.body).toBe(`{"orderId":"exact",${text.trimStart().slice(1)}`);
  });

  test('is escaped where SQS would refuse a character, which says the same', async () => {
    const door = acceptOrders();
    const order = { ...exampleOrder(0), customerName: 'Ada \uFFFE\uFFFF 🍕' };
    await door.ask(postEvent(order));
    expect(door.taken[0]!.body).toContain(String.raw`Ada \ufffe\uffff 🍕`);
    expect(JSON.parse(door.taken[0]!.body)).toEqual(order);
  });

  test('in base64 is read, too', async () => {
    const event = postEvent(exampleOrder(0, 'packed'));
    const body = Buffer.from(event.body!).toString('base64');
    const { document } = await acceptOrders().ask({ ...event, body, isBase64Encoded: true });
    expect(document['orderId']).toBe('packed');
  });

  test('behind a stage in the path has its address there', async () => {
    const event = { ...postEvent(exampleOrder(0, 'A-1')), rawPath: '/prod/orders/' };
    expect((await acceptOrders().ask(event)).document['location']).toBe('/prod/orders/A-1');
  });
});

describe('a request that is no order', () => {
  test.each(orderDefects)('is told what the ledger would say: %j', async (defect) => {
    const door = acceptOrders();
    const body = JSON.stringify(brokenOrder(exampleOrder(2), defect));
    const { reasons } = readOrder(body) as { readonly reasons: readonly string[] };
    const { status, headers, document } = await door.ask(postEvent(body));
    expect({ status, type: headers['content-type'] }).toEqual({ status: 400, type: 'application/problem+json' });
    expect(document).toEqual({
      status: 400,
      title: 'Bad Request',
      detail: 'The body is no order.',
      kind: 'invalid',
      reasons,
    });
    expect(door.taken).toEqual([]);
  });

  test.each([
    ['', 'the body is empty'],
    ['{"customerName":', 'the body is not JSON'],
  ])('and no JSON (%j) is told so', async (body, reason) => {
    const { status, document } = await acceptOrders().ask(postEvent(body));
    expect({ status, ...document }).toMatchObject({ status: 400, kind: 'not-json', reasons: [reason] });
  });

  test('and no UTF-8 is told so', async () => {
    const body = Buffer.from([0x7b, 0xff, 0x7d]).toString('base64');
    const { status, document } = await acceptOrders().ask({ ...postEvent(''), body, isBase64Encoded: true });
    expect({ status, reasons: document['reasons'] }).toEqual({ status: 400, reasons: ['the body is not UTF-8'] });
  });

  test.each([
    ['application/x-www-form-urlencoded', 'The content type is "application/x-www-form-urlencoded"'],
    ['', 'The content type is missing'],
    ['application/json; charset=iso-8859-1', 'The charset is "iso-8859-1"'],
  ])('of the type "%s" is refused with 415, and how to mend it', async (type, why) => {
    const { status, document } = await acceptOrders().ask(postEvent(exampleOrder(0), { 'content-type': type }));
    expect({ status, detail: document['detail'] }).toEqual({ status: 415, detail: expect.stringContaining(why) });
    expect(document['detail']).toContain('content-type: application/json');
  });

  test.each(['application/json; charset=UTF-8', 'APPLICATION/JSON', 'application/vnd.shop.order+json'])(
    'is not refused for the type %s',
    async (type) => {
      expect(await acceptOrders().ask(postEvent(exampleOrder(0), { 'content-type': type }))).toMatchObject({
        status: 202,
      });
    },
  );

  test('that is packed is refused with 415', async () => {
    const packed = postEvent(exampleOrder(0), { 'content-encoding': 'gzip' });
    expect(await acceptOrders().ask(packed)).toMatchObject({ status: 415 });
  });

  test('that is larger than a message is refused with 413, also when its new id makes it so', async () => {
    const door = acceptOrders();
    for (const bytes of [messageLimits.bytes, messageLimits.bytes + 1]) {
      const { status, document } = await door.ask(postEvent(sized(bytes)));
      expect({ status, ...document }).toMatchObject({ status: 413, title: 'Content Too Large' });
    }
    expect(await door.ask(postEvent(sized(messageLimits.bytes - 50)))).toMatchObject({ status: 202 });
    expect(door.taken).toHaveLength(1);
  });
});

describe('an order that SQS does not take', () => {
  test.each([true, false])('is 503 with a time to wait, and its id (sender fault: %s)', async (senderFault) => {
    const { ask, published } = acceptOrders({ sendMessageBatch: () => Promise.resolve([refusal(senderFault)]) });
    const { status, headers, document } = await ask(postEvent(exampleOrder(0, 'A-1')));
    expect({ status, ...document }).toMatchObject({ status: 503, orderId: 'A-1' });
    expect(Number(headers['retry-after'])).toBe(6);
    expect(published).toEqual([{ OrdersQueued: 0, OrdersNotQueued: 1, OrdersRefused: 0 }]);
    expect(lines).toContainEqual({
      level: 'error',
      line: { message: 'Orders Not Queued', failed: [{ orderId: 'A-1', code: 'Throttled', message: 'No.' }] },
    });
  });

  test('because the request failed is 503', async () => {
    const { ask } = acceptOrders({ sendMessageBatch: () => Promise.reject(new Error('connect ECONNREFUSED')) });
    const { status, document } = await ask(postEvent(withoutId));
    expect({ status, ...document }).toMatchObject({ status: 503, orderId: 'new-1' });
    expect(JSON.stringify(document)).not.toContain('ECONNREFUSED');
  });

  test('because no time is left is 503, and nothing is sent', async () => {
    const door = acceptOrders({}, 0);
    expect(await door.ask(postEvent(exampleOrder(0)))).toMatchObject({ status: 503 });
    expect(door.taken).toEqual([]);
  });
});

test('nothing of what a customer wrote is logged', async () => {
  const door = acceptOrders();
  await door.ask(postEvent({ ...exampleOrder(0), customerName: 'Grace Hopper', customerAddress: 7 }));
  await door.ask(postEvent({ ...exampleOrder(0), customerName: 'Grace Hopper' }));
  expect(lines).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toContain('Grace');
});
