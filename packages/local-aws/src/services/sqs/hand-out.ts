import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * AWS spreads a standard queue over many servers and a receive asks a sample of them: consumers see messages in no
 * order and fewer than they asked for while more wait. This does so too, the same way for the same seed.
 */
export interface HandOut {
  /** How many of `possible` (>= 0) messages a receive gets: 1 to `possible`. */
  size(possible: number): number;
  /** Which of the first `waiting` (>= 1) messages comes next, from 0. */
  pick(waiting: number): number;
}

/** Messages further back than this are not yet sampled, so that none waits for ever. */
const window = 100;

/** Arbitrary, but the same for a seed and a queue's name. */
export function seededHandOut(seed: number, queueName: string): HandOut {
  let mixed = seed | 0;
  for (const character of queueName) mixed = (Math.imul(mixed, 31) + (character.codePointAt(0) ?? 0)) | 0;
  const random = xoroshiro128plus(mixed);
  return {
    size: (possible) => (possible <= 1 ? possible : uniformInt(random, 1, possible)),
    pick: (waiting) => uniformInt(random, 0, Math.min(waiting, window) - 1),
  };
}
