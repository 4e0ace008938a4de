import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { orderSequence } from '../../shared/order/order-sequence.ts';
import { brokenOrder } from '../../shared/order/broken-order.ts';
import { exampleOrder } from '../../shared/order/example-order.ts';
import { orderDefects } from '../../shared/order/order-defects.generated.ts';
import { readOrder } from '../../shared/order/read-order.ts';

const seeds = fc.integer({ min: 0, max: 0xff_ff_ff_ff });
const sizes = fc.integer({ min: 0, max: 300 });
const rates = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1));

function isBad({ body }: { readonly body: string }): boolean {
  return readOrder(body).kind !== 'order';
}

function reasonsOf(body: string): string {
  const read = readOrder(body);
  return read.kind === 'order' ? '' : read.reasons.join();
}

describe('the lecture demo’s orders', () => {
  const orders = [...orderSequence({ count: 20, badRate: undefined, seed: 1, from: 0 })];

  test('are User0 to User9 with UserX in place of User6, and so on by tens', () => {
    const names = orders.map(({ body }) => readOrder(body).customerName);
    expect(names.slice(0, 10).join(' ')).toBe('User0 User1 User2 User3 User4 User5 UserX User7 User8 User9');
    expect(names.slice(10).join(' ')).toBe('User10 User11 User12 User13 User14 User15 UserX User17 User18 User19');
  });

  test('live at their number in Main Street, but for UserX, who has no address', () => {
    expect(JSON.parse(orders[3]!.body)).toMatchObject({ customerAddress: '3 Main Street' });
    expect(readOrder(orders[6]!.body)).toMatchObject({ kind: 'invalid', reasons: ['/customerAddress is required'] });
    expect(orders.filter(isBad).map(({ index }) => index)).toEqual([6, 16]);
  });
});

describe('a sequence of orders', () => {
  test('has as many orders as were asked for, and exactly the share of bad ones, to the nearest', () => {
    fc.assert(
      fc.property(sizes, rates, seeds, (count, badRate, seed) => {
        const orders = [...orderSequence({ count, badRate, seed, from: 0 })];
        expect(orders.map(({ index }) => index)).toEqual(Array.from({ length: count }, (_, index) => index));
        expect(orders.filter(isBad)).toHaveLength(Math.round(count * badRate));
      }),
    );
  });

  test('is the same for the same seed, ids included', () => {
    fc.assert(
      fc.property(sizes, fc.option(rates, { nil: undefined }), seeds, (count, badRate, seed) => {
        const options = { count, badRate, seed, from: 0 };
        expect([...orderSequence(options)]).toEqual([...orderSequence(options)]);
      }),
    );
  });

  test('with addresses is the same sequence, and each good order has an address of the mailbox simulator', () => {
    fc.assert(
      fc.property(sizes, fc.option(rates, { nil: undefined }), seeds, (count, badRate, seed) => {
        const options = { count, badRate, seed, from: 0 };
        const plain = [...orderSequence(options)];
        const addressed = [...orderSequence({ ...options, withEmail: true })];
        expect(addressed.map(({ orderId }) => orderId)).toEqual(plain.map(({ orderId }) => orderId));
        for (const [index, message] of addressed.entries()) {
          expect(isBad(message)).toBe(isBad(plain[index]!));
          if (isBad(message)) continue;
          const { customerEmail, ...rest } = JSON.parse(message.body) as { readonly customerEmail: string };
          expect(customerEmail).toBe(`success+user${index}@simulator.amazonses.com`);
          expect(JSON.stringify(rest)).toBe(plain[index]!.body);
        }
      }),
    );
  });

  test('resumed is the rest of what it would have been', () => {
    fc.assert(
      fc.property(sizes, fc.option(rates, { nil: undefined }), seeds, fc.nat(300), (count, badRate, seed, start) => {
        const from = Math.min(start, count);
        const whole = [...orderSequence({ count, badRate, seed, from: 0 })];
        expect([...orderSequence({ count, badRate, seed, from })]).toEqual(whole.slice(from));
      }),
    );
  });

  test('gives every order an id of its own, a version 4 UUID, in one seed and across neighbouring ones', () => {
    const ids = Array.from({ length: 50 }, (_, seed) => [
      ...orderSequence({ count: 100, badRate: 0.1, seed, from: 0 }),
    ]).flatMap((orders) => orders.map(({ orderId }) => orderId));
    expect(new Set(ids).size).toBe(5_000);
    for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  test('puts its id into every body that is still JSON', () => {
    for (const { orderId, body } of orderSequence({ count: 200, badRate: 0.5, seed: 3, from: 0 })) {
      const read = readOrder(body);
      expect(read.orderId).toBe(read.kind === 'not-json' ? null : orderId);
    }
  });

  test('has bad orders at any position, from the first on, and of every kind', () => {
    const bad = Array.from({ length: 400 }, (_, seed) => [
      ...orderSequence({ count: 10, badRate: 0.1, seed, from: 0 }),
    ]).flatMap((orders) => orders.filter(isBad));
    for (let index = 0; index < 10; index += 1) {
      const share = bad.filter((order) => order.index === index).length / bad.length;
      expect(share).toBeGreaterThan(0.05);
      expect(share).toBeLessThan(0.15);
    }
    const reasons = bad.map(({ body }) => reasonsOf(body));
    // Nothing is wrong with the id, by which whoever sent the order finds it.
    const defects = orderDefects.filter(({ place }) => place.length > 0 && place[0] !== 'orderId');
    expect(defects.length).toBeGreaterThan(0);
    const wanted = defects.map((defect) => reasonsOf(JSON.stringify(brokenOrder(exampleOrder(0), defect))));
    expect(new Set(reasons)).toEqual(new Set([...wanted, 'the body is not JSON']));
  });

  test('of ten million orders is begun at once: it is made one order at a time', () => {
    const first = orderSequence({ count: 10_000_000, badRate: 0.01, seed: 7, from: 0 }).next();
    expect(first.value).toMatchObject({ index: 0 });
  });
});
