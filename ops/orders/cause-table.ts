import type { CauseGroup } from '../ledger/group-by-cause.ts';
import { printable } from '../terminal/output.ts';
import { number } from '../terminal/progress-text.ts';
import { table } from '../terminal/table.ts';
import { shownTime } from './moment.ts';
import { whyText } from './why-text.ts';

export function causeTable(causes: readonly CauseGroup[], width?: number): string[] {
  return table(
    [{ title: 'FAILURES', align: 'right' }, { title: 'CAUSE' }, { title: 'LAST (UTC)' }, { title: 'WHY' }],
    causes.map((group) => [number(group.count), group.cause, shownTime(group.lastFailedAt), printable(whyText(group))]),
    width,
  );
}
