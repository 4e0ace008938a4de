import type { OrderNotes } from '../../../shared/ledger/rows.ts';
import { failureKinds } from '../../../shared/telemetry.ts';
import { type Change, difference } from '../json.ts';
import type { CauseGroup } from '../ledger/failures.ts';
import { shortIds } from '../short-ids.ts';
import { type Paint, printable, table } from '../terminal/output.ts';
import { number } from '../terminal/progress.ts';
import { shownTime } from '../time.ts';

/** The difference between two bodies: a line for each value that goes and for each that comes. */
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

/** Why an order failed, in one line: its reasons, or what its kind means when there are none. */
export function whyText({ kind, reasons }: { readonly kind: string; readonly reasons: readonly string[] }): string {
  const why = reasons.join(', ');
  if (kind === failureKinds.refused) return `refused: ${why}`;
  if (kind !== failureKinds.outOfAttempts) return why === '' ? kind : why;
  return why === '' ? 'a valid order whose attempts were used up' : `out of attempts: ${why}`;
}

/** What the row of an order that is not processed tells of its tries. @param now ISO 8601 */
export function triesLines({ errorCount = 0, lastError, claimedUntil = '' }: OrderNotes, now: string): string[] {
  return [
    ...(claimedUntil > now
      ? [`A function processes it at this moment, until ${shownTime(claimedUntil)} UTC at most.`]
      : []),
    ...(lastError === undefined
      ? []
      : [
          `Tries that ended with an error: ${number(errorCount)}. The last one, at ${shownTime(lastError.at)} UTC: ${printable(lastError.error)}`,
        ]),
  ];
}

/** Something that a command left undone, and why. */
export interface Exception {
  readonly id: string;
  /** What a person knows it by. */
  readonly label: string;
  /** Follows the label: `is replayed already`. */
  readonly reason: string;
}

/** All are counted, but only the first are named: there may be hundreds of thousands. */
const named = { inText: 20, inJson: 1_000 } as const;

/** What a command left undone. */
export class Exceptions {
  readonly #first: Exception[] = [];
  readonly #named: (exceptions: readonly Exception[]) => readonly string[];
  #count = 0;

  /** @param nameAll what a person knows each of them by, where the label alone will not do */
  constructor(nameAll = (exceptions: readonly Exception[]): readonly string[] => exceptions.map(({ label }) => label)) {
    this.#named = nameAll;
  }

  get count(): number {
    return this.#count;
  }

  add(exception: Exception): void {
    this.#count += 1;
    if (this.#first.length < named.inJson) this.#first.push(exception);
  }

  /** Members of a JSON document: how many there are, and the first of them. */
  json(name: string): Readonly<Record<string, unknown>> {
    return { [name]: this.#count, [`${name}Because`]: this.#first };
  }

  /** @param what happened to them: "left out" */
  lines(what: string): string[] {
    const first = this.#first.slice(0, named.inText);
    const names = this.#named(first);
    const lines = first.map(({ reason }, position) => `${what}: ${names[position]} ${reason}`);
    return this.#count > lines.length ? [...lines, `… and ${this.#count - lines.length} more ${what}`] : lines;
  }
}

/** Failures by their orders, and by ids of their own that the next command takes: `A-1 (failure 8d1f0c2e)`. */
export function failureNames(failures: readonly Pick<Exception, 'id' | 'label'>[]): readonly string[] {
  const shown = shortIds(failures.map(({ id }) => id));
  return failures.map(({ id, label }) => (id === label ? label : `${label} (failure ${shown.get(id)})`));
}
