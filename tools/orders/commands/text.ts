import { failureKinds } from '../../../shared/telemetry.ts';
import { type Change, difference } from '../json.ts';
import type { CauseGroup } from '../ledger/failures.ts';
import { type Paint, printable } from '../terminal/output.ts';
import { number } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';
import { shownTime } from '../time.ts';

/** The difference between two bodies, a line for what goes and a line for what comes. */
export function changeLines(before: string, after: string, paint: Paint): string[] {
  return difference(before, after).flatMap((change) => linesOf(change, paint));
}

function linesOf({ pointer, before, after }: Change, paint: Paint): string[] {
  const place = pointer === '' ? '' : `${printable(pointer)}: `;
  const lines: string[] = [];
  if (before !== undefined) lines.push(paint('red', `  - ${place}${printable(before)}`));
  if (after !== undefined) lines.push(paint('green', `  + ${place}${printable(after)}`));
  return lines;
}

export function causeTable(causes: readonly CauseGroup[], width?: number): string[] {
  return table(
    [{ title: 'FAILURES', align: 'right' }, { title: 'CAUSE' }, { title: 'LAST (UTC)' }, { title: 'WHY' }],
    causes.map((group) => [number(group.count), group.cause, shownTime(group.lastFailedAt), printable(whyText(group))]),
    width,
  );
}

/** Why something failed, in one line: its reasons, or what its kind means where it has none. */
export function whyText({ kind, reasons }: { readonly kind: string; readonly reasons: readonly string[] }): string {
  if (reasons.length > 0) return reasons.join(', ');
  return kind === failureKinds.outOfAttempts ? 'a valid order whose attempts were used up' : kind;
}
