import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { elementsOf } from '../../../lambdas/accept-orders/json-elements.ts';

test('the elements of an array are its texts, whatever is in them and between them', () => {
  const spaces = fc.constantFrom('', ' ', '\n', '\t ');
  const element = fc.oneof(
    fc.json(),
    fc.string().map((text) => JSON.stringify(text)),
    fc.constantFrom('1e400', '12345678901234567890'),
  );
  fc.assert(
    fc.property(fc.array(element), spaces, (elements, space) => {
      const json = `${space}[${elements.map((text) => `${space}${text}${space}`).join(',')}]${space}`;
      expect(elementsOf(json)).toEqual(elements);
    }),
  );
});

test('brackets may be nested as deep as a batch allows', () => {
  const deep = '['.repeat(500_000) + ']'.repeat(500_000);
  expect(elementsOf(`[${deep},1]`)).toEqual([deep, '1']);
});

test.each([
  ['', 'the body is empty'],
  ['{}', 'the body is not an array'],
  ['[1,]', 'the body is not JSON'],
])('of %j there are none, and why', (json, why) => {
  expect(elementsOf(json)).toBe(why);
});
