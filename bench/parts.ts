import type { Part } from './figure.ts';
import { mapping } from './mapping.ts';

/** The parts of the bench, in the order in which they run. */
export const parts = { mapping } as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof parts;
export const partNames = Object.keys(parts) as PartName[];
