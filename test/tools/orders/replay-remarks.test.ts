import { expect, test } from '@jest/globals';
import { remarksOn } from '../../../tools/orders/commands/replay.ts';

const end = { sent: 3, again: 0, unmarked: 0, total: 10, failed: false, cutShort: false };

test('a replay that went as usual needs no remark', () => {
  expect(remarksOn(end)).toEqual([]);
});

test('a replay that somebody stopped leaves the rest as it was', () => {
  expect(remarksOn({ ...end, cutShort: true })).toEqual(['Stopped at 3 of 10 failures: the rest stays as it was.']);
});

test('a replay that an error stopped says of nothing that it stays as it was, and what is sent and not marked', () => {
  const remarks = remarksOn({ ...end, unmarked: 2, failed: true, cutShort: true });
  expect(remarks.join('\n')).not.toContain('stays as it was');
  expect(remarks).toEqual([
    expect.stringMatching(/^Stopped at 3 of 10 failures: the rest is in the ledger/),
    expect.stringMatching(/^Of those sent, 2 could not be marked as replayed/),
  ]);
});

test('a replay of what had been replayed already says so', () => {
  expect(remarksOn({ ...end, again: 1 })).toEqual([expect.stringMatching(/^Of these, 1 had been replayed already/)]);
});
