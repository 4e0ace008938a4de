import { anyElement } from '../../shared/cause.ts';
import type { FailureSummary } from './failures.ts';

/** Failures that failed for the same reason. */
export interface CauseGroup {
  readonly cause: string;
  readonly count: number;
  readonly kind: string;
  /** Array indexes in which they differ are `*`. */
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
        ? { cause, count: 1, kind, reasons, firstFailedAt: failedAt, lastFailedAt: failedAt }
        : { ...group, count: group.count + 1, lastFailedAt: failedAt, reasons: common(group.reasons, reasons) },
    );
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1));
}

function common(known: readonly string[], others: readonly string[]): readonly string[] {
  if (known.length === others.length && known.every((reason, index) => reason === others[index])) return known;
  return [...new Set(known.map(anyElement))];
}
