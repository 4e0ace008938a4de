import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleOrder } from '../../shared/order/example-order.ts';
import { readOrder } from '../../shared/order/read-order.ts';

const { orderId: _orderId, ...good } = exampleOrder(0);
const schemaUrl = new URL('../../shared/order/order.schema.json', import.meta.url);
const { required } = JSON.parse(readFileSync(schemaUrl, 'utf8')) as { readonly required: readonly string[] };

function reasonsOf(value: unknown): readonly string[] {
  const read = readOrder(typeof value === 'string' ? value : JSON.stringify(value));
  return read.kind === 'order' ? [] : read.reasons;
}

describe('an order', () => {
  test('is accepted without an id, with no items, and with properties that nobody knows', () => {
    expect(readOrder(JSON.stringify({ ...good, items: [], coupon: { code: 1 } }))).toMatchObject({
      kind: 'order',
      orderId: null,
      customerName: 'User0',
    });
  });

  test('keeps its id', () => {
    expect(readOrder(JSON.stringify({ ...good, orderId: 'a-B_9' }))).toMatchObject({ kind: 'order', orderId: 'a-B_9' });
  });

  test('is read back from whatever JSON the schema allows', () => {
    const order = fc.record(
      {
        orderId: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
        customerName: fc.string({ minLength: 1, unit: 'grapheme' }),
        customerAddress: fc.string({ minLength: 1 }),
        items: fc.array(fc.string()),
      },
      { requiredKeys: ['customerName', 'customerAddress', 'items'] },
    );
    fc.assert(
      fc.property(order, (value) => expect(readOrder(JSON.stringify({ ...good, ...value })).kind).toBe('order')),
    );
  });
});

describe('the reasons why a body is not an order', () => {
  test.each([
    ['a missing address', { ...good, customerAddress: undefined }, ['/customerAddress is required']],
    ['all that is missing', {}, required.map((name) => `/${name} is required`)],
    ['an empty name', { ...good, customerName: '' }, ['/customerName must not be empty']],
    ['a name that is no text', { ...good, customerName: 7 }, ['/customerName must be a string']],
    ['items that are no list', { ...good, items: 'apples' }, ['/items must be an array']],
    ['the one wrong item', { ...good, items: ['a', 'b', 'c', 1] }, ['/items/3 must be a string']],
    ['an id with other characters', { ...good, orderId: 'a b' }, ['/orderId must match ^[A-Za-z0-9_-]{1,64}$']],
    ['an id that is too long', { ...good, orderId: 'a'.repeat(65) }, ['/orderId must match ^[A-Za-z0-9_-]{1,64}$']],
    ['a list', [], ['the order must be an object']],
    ['null', null, ['the order must be an object']],
    ['a number', 3, ['the order must be an object']],
  ])('name %s', (_what, value, reasons) => {
    expect(reasonsOf(value)).toEqual(reasons);
  });

  test.each([
    ['{"customerName": "Jane', ['the body is not JSON']],
    ['', ['the body is empty']],
    [' \n', ['the body is empty']],
  ])('say what %j is', (body, reasons) => {
    expect(readOrder(body)).toEqual({ kind: 'not-json', reasons, orderId: null, customerName: null });
  });

  test('leave values out, which are personal data', () => {
    const texts = [
      ...reasonsOf({ orderId: 'Secret!', customerName: ['Secret'], customerAddress: '', items: [{ Secret: 1 }] }),
      ...reasonsOf('{"Secret'),
    ];
    expect(texts.join()).not.toContain('Secret');
  });

  test('end after twenty, with the number of the others', () => {
    const reasons = reasonsOf({ ...good, items: Array.from({ length: 25 }, () => 0) });
    expect(reasons).toHaveLength(21);
    expect(reasons.at(-1)).toBe('and 5 more');
  });

  test('of the largest message SQS takes, full of wrong items, are collected only so far', () => {
    const items = `[${'1,'.repeat(520_000)}1]`;
    const body = JSON.stringify({ ...good, items: 0 }).replace('"items":0', `"items":${items}`);
    expect(reasonsOf(body).at(-1)).toBe('and at least 980 more');
  });
});

describe('a hostile body', () => {
  test('does not get its fields from a prototype', () => {
    const body = `{"__proto__": ${JSON.stringify({ ...good, orderId: 'x' })}, "constructor": {"prototype": {}}}`;
    expect(readOrder(body)).toMatchObject({ kind: 'invalid', orderId: null, customerName: null });
    expect(({} as Record<string, unknown>)['customerName']).toBeUndefined();
  });

  test.each([10_000, 500_000])('with brackets %i deep is no order', (depth) => {
    expect(reasonsOf('['.repeat(depth) + ']'.repeat(depth))).toEqual(['the order must be an object']);
    const items = `"items":${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(reasonsOf(JSON.stringify({ ...good, items: 0 }).replace('"items":0', items))).toEqual([
      '/items/0 must be a string',
    ]);
  });

  test('of any kind is answered, never thrown at', () => {
    const body = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    );
    fc.assert(fc.property(body, (text) => expect(['order', 'invalid', 'not-json']).toContain(readOrder(text).kind)));
  });

  test('keeps an id that the schema finds no fault with, and no other', () => {
    expect(readOrder('{"orderId":"x-1"}').orderId).toBe('x-1');
    expect(readOrder('{"orderId":"x 1"}').orderId).toBeNull();
    expect(readOrder('["orderId"]').orderId).toBeNull();
  });
});
