import { backlog } from './backlog.ts';
import { coldStart } from './cold-start.ts';
import { costs } from './costs.ts';
import { endToEnd } from './end-to-end.ts';
import type { Part } from './figure.ts';
import { mapping } from './mapping.ts';
import { producer } from './producer.ts';
import { startUp } from './start-up.ts';
import { warmBatch } from './warm-batch.ts';

/** The parts of the bench, in the order in which they run. */
export const parts = {
  'cold-start': coldStart,
  'warm-batch': warmBatch,
  producer,
  mapping,
  'end-to-end': endToEnd,
  backlog,
  'start-up': startUp,
  costs,
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof parts;
export const partNames = Object.keys(parts) as PartName[];
