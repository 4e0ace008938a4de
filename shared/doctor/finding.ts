import type { FunctionFacts, MappingFacts, QueueFacts } from './facts.ts';

/** Each is a section of docs/doctor.md. */
export const findingCodes = [
  'timeout-above-visibility',
  'visibility-too-short',
  'no-dead-letter-queue',
  'dead-letters-expire-early',
  'few-receives',
  'dead-letters-move-on-at-once',
  'reserved-concurrency-too-low',
  'batch-outlasts-timeout',
  'window-too-long',
  'whole-batch-fails',
  'mapping-disabled',
  'timed-out',
  'timeout-tight',
  'timeout-generous',
  'out-of-memory',
  'memory-tight',
  'memory-unused',
] as const;

export type FindingCode = (typeof findingCodes)[number];

/** A mistake in a configuration. */
export interface Finding {
  readonly code: FindingCode;
  /** An error loses messages or attempts for certain, or is refused by AWS; a warning costs something, or is a risk. */
  readonly severity: 'error' | 'warning';
  /** What it is about. */
  readonly subject: QueueFacts | FunctionFacts | MappingFacts;
  /** What is wrong, with the figures, and what comes of it. */
  readonly what: string;
  readonly mend: string;
}

/** Where a finding is explained, from the project's folder. */
export function linkOf({ code }: Pick<Finding, 'code'>): string {
  return `docs/doctor.md#${code}`;
}

/** What is wrong, how to mend it and where that is explained, in one line. */
export function textOf(finding: Finding): string {
  return `${finding.what} ${finding.mend} (${linkOf(finding)})`;
}
