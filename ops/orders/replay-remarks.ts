import { counted, number } from '../terminal/progress-text.ts';

/** How far a replay came. */
export interface ReplayEnd {
  readonly sent: number;
  /** Of those, which had been replayed already. */
  readonly again: number;
  /** Of those, whose rows do not say so: the table failed. */
  readonly unmarked: number;
  readonly total: number;
  readonly failed: boolean;
  /** By Ctrl-C or an error. */
  readonly cutShort: boolean;
}

/** What somebody must know of a replay that did not go as usual: what was left as it was, and what only looks so. */
export function remarksOn({ sent, again, unmarked, total, failed, cutShort }: ReplayEnd): string[] {
  const remarks: string[] = [];
  if (cutShort) {
    const rest = failed
      ? 'the rest is in the ledger; should some of it have been sent all the same, its next replay is a duplicate'
      : 'the rest stays as it was';
    remarks.push(`Stopped at ${number(sent)} of ${counted(total, 'failure')}: ${rest}.`);
  }
  if (unmarked > 0) {
    remarks.push(
      `Of those sent, ${number(unmarked)} could not be marked as replayed: until their messages come to an end, the ` +
        'ledger has them as they were. Another replay would be a duplicate.',
    );
  }
  if (again > 0) {
    remarks.push(
      `Of these, ${number(again)} had been replayed already: should a lost message arrive after all, it is a duplicate.`,
    );
  }
  return remarks;
}
