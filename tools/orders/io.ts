import type { Output } from './terminal/output.ts';
import type { Clock } from './time.ts';

/** All that a command gets from outside, so that a test can give it. */
export interface OrdersIo {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  /** Who replays and edits, for the history: a person's or program's name. */
  readonly user: string;
  /** Aborts on Ctrl-C. A command then comes to a consistent end and says how far it came. */
  readonly signal: AbortSignal;
}
