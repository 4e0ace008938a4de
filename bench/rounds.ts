/** Measures one round; `round` is 0 for the one that warms up and does not count. */
export type Measure = (round: number) => Promise<number>;

/**
 * Several kinds of round, taking turns, so that whatever the machine does meanwhile happens to all of them alike.
 * @returns the values of each kind without those of the warm-up
 */
export async function interleaved<Kind extends string>(
  rounds: number,
  measures: Readonly<Record<Kind, Measure>>,
  onRound: (kind: Kind, round: number) => void,
): Promise<Record<Kind, number[]>> {
  const kinds = Object.keys(measures) as Kind[];
  const measured = Object.fromEntries(kinds.map((kind) => [kind, [] as number[]])) as Record<Kind, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const kind of kinds) {
      onRound(kind, round);
      const value = await measures[kind](round);
      if (round > 0) measured[kind].push(value);
    }
  }
  return measured;
}

/** `round 2 of 5`, `warm-up`. */
export function roundText(round: number, rounds: number): string {
  return round === 0 ? 'warm-up' : `round ${round} of ${rounds}`;
}
