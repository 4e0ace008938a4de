/** The middle of the values, of an even number the mean of the middle two; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * The middle of the ratios that the rounds gave one by one: two values of one round were measured next to each other,
 * so that a machine that is slower for a while is so for both.
 */
export function medianRatio(values: readonly number[], of: readonly number[]): number {
  return median(values.map((value, round) => value / (of[round] ?? Number.NaN)));
}
