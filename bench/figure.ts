/** One thing `npm run bench` measured. */
export interface Figure {
  /** In kebab case, unique in the whole bench; it names the figure in `--json`. */
  readonly id: string;
  readonly title: string;
  readonly value: number;
  /** '' for a ratio. */
  readonly unit: string;
  /** A figure without a bound is for information. */
  readonly bound?: { readonly atMost?: number; readonly atLeast?: number };
  /** What stands behind the value: the two medians of a ratio, say. */
  readonly detail?: string;
}

export interface PartOptions {
  /** Takes one line about what is being measured, for a person who waits. */
  readonly onProgress: (text: string) => void;
  /** Aborts on Ctrl-C: a part that takes long rejects then, and cleans up at once. */
  readonly signal: AbortSignal;
}

/** A part of the bench: measures, cleans up after itself, and rejects when it could not measure. */
export type Part = (options: PartOptions) => Promise<readonly Figure[]>;

/** Whether the figure keeps its bound; one without a bound does. */
export function holds({ value, bound }: Figure): boolean {
  return !Number.isNaN(value) && value <= (bound?.atMost ?? Infinity) && value >= (bound?.atLeast ?? -Infinity);
}
