import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';
import { faultKinds, type FaultName, faultNames } from './fault-kinds.ts';

/** Answers numbers in [0, 1). */
export type Random = () => number;

/** The faults of one seed. What is drawn depends on seed and kind alone, not on what else happens. */
export interface FaultPlan {
  readonly seed: number;
  readonly kinds: ReadonlySet<FaultName>;
  /** Whether a fault of this kind strikes at its `opportunity`th chance, from 0. */
  strikes(kind: FaultName, opportunity: number): boolean;
  /** For the details of a fault of this kind: how long it lasts, which message it strikes. */
  random(kind: FaultName): Random;
}

/**
 * @param kinds default: all of them
 * @param calm how many times rarer each fault is than fault-kinds.ts says
 */
export function planFaults(seed: number, kinds: readonly FaultName[] = faultNames, calm = 1): FaultPlan {
  const windows = new Map<string, ReadonlySet<number>>();
  const randoms = new Map<FaultName, Random>();
  const chosen = new Set(kinds);
  return {
    seed,
    kinds: chosen,
    strikes(kind, opportunity) {
      if (!chosen.has(kind)) return false;
      const span = faultKinds[kind].span * calm;
      const window = Math.floor(opportunity / span);
      const key = `${kind} ${window}`;
      const positions = windows.get(key) ?? drawPositions(span, seededRandom(seed, key));
      windows.set(key, positions);
      return positions.has(opportunity % span);
    },
    random(kind) {
      const random = randoms.get(kind) ?? seededRandom(seed, kind);
      randoms.set(kind, random);
      return random;
    },
  };
}

/** Draws `count` different kinds. All kinds are equally likely. */
export function chooseKinds(seed: number, count: number): readonly FaultName[] {
  const random = seededRandom(seed, 'kinds');
  const left = [...faultNames];
  return Array.from(
    { length: Math.min(count, left.length) },
    () => left.splice(Math.floor(random() * left.length), 1)[0]!,
  );
}

/** Independent numbers for each `purpose` of a seed. */
export function seededRandom(seed: number, purpose: string): Random {
  let mixed = seed | 0;
  for (const character of purpose) mixed = (Math.imul(mixed, 31) + (character.codePointAt(0) ?? 0)) | 0;
  const generator = mersenne(mixed);
  return () => uniformInt(generator, 0, 2 ** 32 - 1) / 2 ** 32;
}

function drawPositions(span: number, random: Random): ReadonlySet<number> {
  const count = 1 + Math.floor(random() * Math.min(3, span));
  return new Set(Array.from({ length: count }, () => Math.floor(random() * span)));
}
