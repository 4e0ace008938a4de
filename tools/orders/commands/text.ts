import { failureKinds } from '../../../shared/telemetry.ts';
import { UsageError } from '../errors.ts';
import { type Change, difference } from '../json.ts';
import type { CauseGroup } from '../ledger/failures.ts';
import { type Paint, printable } from '../terminal/output.ts';
import { number } from '../terminal/progress.ts';
import { table } from '../terminal/table.ts';

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * A moment as people give it: so long ago (`90s`, `10m`, `2h`, `3d`, `1w`), a day (`2026-11-20`, midnight UTC), or a
 * time (`2026-11-20T12:00Z`).
 * @returns milliseconds since the epoch
 * @throws {UsageError}
 */
export function parseMoment(name: string, text: string, nowMs: number): number {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * unitsMs[unit as keyof typeof unitsMs];
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(atMs)) return atMs;
  throw new UsageError(`${name} takes a time such as 10m, 2h, 3d, 2026-11-20 or 2026-11-20T12:00Z, not "${text}".`);
}

/** ISO 8601 with milliseconds, UTC: as the ledger keeps times, so that they sort. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** A time as tables show it: `2026-11-20 12:00:01`, UTC. */
export function shownTime(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}

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
