/**
 * How many batches of one mapping may be in progress at a time (Lambda Developer Guide, "Configuring scaling behavior
 * for SQS event source mappings"): five at first, 300 more a minute while messages wait, up to 1,250, or up to the
 * mapping's MaximumConcurrency.
 */
export const initialConcurrency = 5;
export const growthIntervalMs = 60_000 / 300;
const serviceMaximumConcurrency = 1_250;

/**
 * Processes a laptop can carry at once for a mapping that sets no maximum. AWS has no such bound;
 * docs/local-fidelity.md names it.
 */
export const localCeiling = 20;

/** The mapping's `ScalingConfig`: 2 to 1,000, or none. */
export interface ScalingSettings {
  readonly maximumConcurrency?: number | undefined;
}

/** Batches at a time that a mapping grows to at most. */
export function concurrencyLimit({ maximumConcurrency }: ScalingSettings): number {
  return Math.min(maximumConcurrency ?? localCeiling, serviceMaximumConcurrency);
}

/** Batches at a time that a mapping begins with. */
export function startConcurrency(settings: ScalingSettings): number {
  return Math.min(initialConcurrency, concurrencyLimit(settings));
}
