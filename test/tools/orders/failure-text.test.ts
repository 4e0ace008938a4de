import { expect, test } from '@jest/globals';
import { triesLines, whyText } from '../../../tools/orders/commands/text.ts';
import type { PipelineNames } from '../../../tools/run/local-pipeline.ts';
import { type Outcome, outcomeText } from '../../../tools/run/start/outcome.ts';
import { Tally } from '../../../tools/run/start/tally.ts';

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

test.each(['production', 'lab'])('npm start with the preset %s ends with the last error of what failed', (preset) => {
  const books = new Tally({} as PipelineNames).books();
  const failures = [{ orderId: 'o', messageId: 'm1', kind: 'out-of-attempts', reasons: [error] }];
  const table = { processed: 0, failed: 1 };
  const run = { preset, table, durationMs: 1, ordersPerSecond: 1, problems: [] };
  const outcome: Outcome = { ...books, ...run, sent: 1, failed: 1, failures };
  const text = outcomeText(outcome, { color: false, label: () => undefined, functionLabel: (name) => name });
  expect(text).toContain(`\n  o: a valid order, out of attempts: ${error}\n`);
  expect(text).not.toContain('Why did');
});
