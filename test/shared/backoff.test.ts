import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { equalJitter, fullJitter } from '../../shared/sending.ts';

const backoff = { base: 2, cap: 60 };
const attempts = fc.integer({ min: 1, max: 2_000 });
const fractions = fc.double({ min: 0, max: 1, noNaN: true });

describe.each([
  ['full jitter', fullJitter, 0],
  ['equal jitter', equalJitter, 0.5],
])('backoff with %s', (_name, jitter, least) => {
  test('doubles what it may wait from try to try, up to the cap', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 1_000].map((attempt) => jitter(attempt, backoff, () => 1));
    expect(longest).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test(`waits anything from ${least} of that`, () => {
    fc.assert(
      fc.property(attempts, fractions, (attempt, random) => {
        const longest = jitter(attempt, backoff, () => 1);
        const wait = jitter(attempt, backoff, () => random);
        expect(wait >= least * longest && wait <= longest).toBe(true);
      }),
    );
    expect(jitter(3, backoff, () => 0)).toBe(least * 8);
  });
});
