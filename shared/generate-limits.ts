/** What generate-orders takes at most: orders of one sequence, and a seed of 32 bits. */
export const generateLimits = { count: 10_000_000, seed: 2 ** 32 - 1 } as const;
