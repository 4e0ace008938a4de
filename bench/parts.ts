import { backlog } from './backlog.ts';
import { coldStart } from './cold-start.ts';
import { endToEnd } from './end-to-end.ts';
import type { Part } from './figure.ts';
import { mapping } from './mapping.ts';
import { producer } from './producer.ts';
import { startUp } from './start-up.ts';

/** The parts of the bench, in the order in which they run. */
export const parts = {
  'cold-start': coldStart,
  producer,
  mapping,
  'end-to-end': endToEnd,
  backlog,
  'start-up': startUp,
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof parts;
export const partNames = Object.keys(parts) as PartName[];
