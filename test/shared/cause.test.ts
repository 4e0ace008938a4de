import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { causeOf, errorReason } from '../../shared/ledger/failure.ts';
import { exampleOrder } from '../../shared/order/example-order.ts';
import { readOrder } from '../../shared/order/read-order.ts';

/** @param body what is other than in a good order */
function causeOfBody(body: object): string {
  const read = readOrder(JSON.stringify({ ...exampleOrder(0), ...body }));
  return causeOf(read.kind, read.kind === 'order' ? [] : read.reasons);
}

const text = fc.string({ minLength: 1 });
const notText = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer()));

describe('the fingerprint of a cause', () => {
  test('ignores the values of an order, those at fault and those that are not', () => {
    const order = fc.record({ customerName: notText, customerAddress: text, items: fc.array(text) });
    const cause = causeOfBody({ customerName: 1 });
    fc.assert(fc.property(order, (body) => expect(causeOfBody(body)).toBe(cause)));
  });

  test('ignores which elements of an array are at fault, and how many', () => {
    const cause = causeOfBody({ items: [1] });
    const items = fc
      .array(fc.oneof(text, notText), { maxLength: 60 })
      .filter((elements) => elements.some((element) => typeof element !== 'string'));
    fc.assert(fc.property(items, (elements) => expect(causeOfBody({ items: elements })).toBe(cause)));
  });

  test('ignores the order of reasons', () => {
    const shuffled = fc
      .uniqueArray(fc.stringMatching(/^\/[a-z]{1,8} is required$/))
      .chain((reasons) => fc.tuple(fc.constant(reasons), fc.shuffledSubarray(reasons, { minLength: reasons.length })));
    fc.assert(
      fc.property(shuffled, ([reasons, others]) =>
        expect(causeOf('invalid', others)).toBe(causeOf('invalid', reasons)),
      ),
    );
  });

  test('tells kinds and fields apart', () => {
    const causes = [
      causeOf('invalid', ['/customerName is required']),
      causeOf('invalid', ['/customerAddress is required']),
      causeOf('invalid', ['/customerAddress must be a string']),
      causeOf('invalid', ['/customerAddress is required', '/customerName is required']),
      causeOf('invalid', ['/items/0 must be a string']),
      causeOf('invalid', ['/items must be an array']),
      causeOf('not-json', ['the body is not JSON']),
      causeOf('out-of-attempts', []),
      causeOf('conflicting-id', []),
    ];
    expect(new Set(causes).size).toBe(causes.length);
    for (const cause of causes) expect(cause).toMatch(/^[\da-f]{12}$/);
  });
});

const cause = (reason: string) => causeOf('out-of-attempts', [reason]);

describe('an error of the processing as a reason', () => {
  test.each<[unknown, string]>([
    [new TypeError('fetch failed'), 'TypeError: fetch failed'],
    [new Error('no', { cause: new Error('why') }), 'Error: no (Error: why)'],
    [
      new TypeError('fetch failed', { cause: Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }) }),
      'TypeError: fetch failed (AggregateError: ECONNREFUSED)',
    ],
    ['a text', 'string: a text'],
    [undefined, 'undefined: undefined'],
    [new Error('half of a pair: \uD800'), 'Error: half of a pair: \uFFFD'],
  ])('of %j is %s', (error, expected) => {
    expect(errorReason(error)).toBe(expected);
  });

  test('has the cause of others that differ in ids, amounts and times, and not in words or a status', () => {
    expect(cause('Error: order 4be0643f-1d98 of 2026-11-30 refused')).toBe(
      cause('Error: order a1b2c3d4 of 2027-01-05 refused'),
    );
    expect(cause('Error: answered 503')).not.toBe(cause('Error: answered 401'));
    expect(cause('TypeError: no')).not.toBe(cause('RangeError: no'));
  });
});
