import { anyElement } from '../../shared/cause.ts';
import type { FailureSummary } from './failures.ts';

/** Failures that failed for the same reason. */
export interface CauseGroup {
  readonly cause: string;
  readonly count: number;
  readonly kind: string;
  /** Of the first of them, as `commonReasons` has them. */
  readonly reasons: readonly string[];
  readonly firstFailedAt: string;
  readonly lastFailedAt: string;
}

/** Groups a stream of failures, oldest first, in memory for its causes only. The largest group comes first. */
export async function groupByCause(failures: AsyncIterable<FailureSummary>): Promise<readonly CauseGroup[]> {
  const groups = new Map<string, CauseGroup>();
  for await (const { cause, kind, reasons, failedAt } of failures) {
    const group = groups.get(cause);
    groups.set(
      cause,
      group === undefined
        ? { cause, count: 1, kind, reasons: commonReasons(reasons), firstFailedAt: failedAt, lastFailedAt: failedAt }
        : { ...group, count: group.count + 1, lastFailedAt: failedAt },
    );
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1));
}

/** What failures of one cause have in common: array indexes, in which they may differ, are `*`. */
export function commonReasons(reasons: readonly string[]): readonly string[] {
  return [...new Set(reasons.map(anyElement))];
}
