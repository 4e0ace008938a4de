import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fullJitter } from '../../shared/full-jitter.ts';

const backoff = { base: 2, cap: 60 };

describe('backoff with full jitter', () => {
  test('doubles what it may wait from try to try, up to the cap', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 1_000].map((attempt) => fullJitter(attempt, backoff, () => 1));
    expect(longest).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('waits anything from nothing to that', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const wait = fullJitter(attempt, backoff, () => random);
        expect(wait >= 0 && wait <= backoff.cap).toBe(true);
      }),
    );
    expect(fullJitter(3, backoff, () => 0)).toBe(0);
  });
});
