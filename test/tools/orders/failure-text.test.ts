import { expect, test } from '@jest/globals';
import { triesLines, whyText } from '../../../tools/orders/commands/text.ts';

const error = 'TypeError: fetch failed';

test('why an order failed is said with the reasons that its processing gave', () => {
  expect(whyText({ kind: 'out-of-attempts', reasons: [error] })).toBe(`out of attempts: ${error}`);
  expect(whyText({ kind: 'out-of-attempts', reasons: [] })).toBe('a valid order whose attempts were used up');
  expect(whyText({ kind: 'refused', reasons: ['/items: not in stock'] })).toBe('refused: /items: not in stock');
  expect(whyText({ kind: 'invalid', reasons: ['/items is required'] })).toBe('/items is required');
});

test('of an order that is not processed, a person is told what its tries came to', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const lastError = { at, contentHash: '', error, claim: null };
  expect(triesLines({}, at)).toEqual([]);
  expect(triesLines({ claim: 'a', claimedUntil: '2026-01-01T00:00:10.000Z', errorCount: 2, lastError }, at)).toEqual([
    'A function processes it at this moment, until 2026-01-01 00:00:10 UTC at most.',
    `Tries that ended with an error: 2. The last one, at 2026-01-01 00:00:00 UTC: ${error}`,
  ]);
  expect(triesLines({ claim: 'a', claimedUntil: '2025-12-31T23:59:59.000Z' }, at)).toEqual([]);
});
