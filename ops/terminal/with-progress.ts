import type { OrdersIo } from '../orders/io.ts';
import { Progress } from '../start/progress.ts';
import { type Advance, progressText } from './progress-text.ts';

/** Does a long task and meanwhile says on stderr how far it is, how fast, and how long it will still take. */
export async function withProgress<Result>(
  { stderr, clock }: OrdersIo,
  advance: () => Omit<Advance, 'elapsedMs'> | string,
  task: () => Promise<Result>,
): Promise<Result> {
  const startedAtMs = clock.now();
  const progress = new Progress(stderr, clock, () => {
    const now = advance();
    return typeof now === 'string' ? now : progressText({ ...now, elapsedMs: clock.now() - startedAtMs });
  });
  try {
    return await task();
  } finally {
    progress[Symbol.dispose]();
  }
}
