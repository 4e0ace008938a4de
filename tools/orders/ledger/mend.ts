import { fromItem } from '../../../shared/ledger/expressions.ts';
import { type FailureRow, mostEdits } from '../../../shared/ledger/rows.ts';
import { bodyChanged, type Edit } from '../../../shared/ledger/transitions.ts';
import { messageLimits } from '../../../shared/pipeline.ts';
import { bytesOf, mostBytesText } from '../aws/send.ts';
import { replayMessage } from './replay.ts';
import { type TableConnection, readItems, updateRow } from './table.ts';

/**
 * Gives a failure another body. The failure stays failed, with its reasons and its cause, so that failures that were
 * mended together can be replayed together.
 * @returns why nothing was changed, to be said of the failure; undefined when the failure was mended
 */
export async function mend(table: TableConnection, row: FailureRow, edit: Edit): Promise<string | undefined> {
  const refused = editRefusal(row) ?? sizeRefusal(row, edit.body, edit.by);
  if (refused !== undefined) return refused;
  if (await updateRow(table, bodyChanged(row, edit))) return undefined;
  // Or by this very request, whose answer was lost, so that the SDK asked again.
  return (await isMended(table, row, edit)) ? undefined : 'was changed by somebody else meanwhile';
}

async function isMended(table: TableConnection, row: FailureRow, { body, by, at }: Edit): Promise<boolean> {
  const [item = {}] = await readItems(table, [row], ['history', 'body']);
  const now = fromItem<Partial<FailureRow>>(item);
  const isEdit = (entry: FailureRow['history'][number]) =>
    entry.event === 'edited' && entry.by === by && entry.at === at;
  return now.body === body && (now.history ?? []).some(isEdit);
}

/** Why a failure takes no other body at all; undefined when it takes one. */
export function editRefusal({ history }: Pick<FailureRow, 'history'>): string | undefined {
  const edits = history.filter(({ event }) => event === 'edited').length;
  if (edits < mostEdits) return undefined;
  return `has been edited ${edits} times, the most its row has room for: send the order anew, or purge it`;
}

/** Why a failure cannot have this body; undefined when a replay of the body, with its lineage, fits into a message. */
export function sizeRefusal(row: FailureRow, body: string, by: string): string | undefined {
  const bytes = bytesOf(replayMessage({ ...row, body }, by));
  if (bytes <= messageLimits.bytes) return undefined;
  return `would have ${bytes} bytes with its attributes and its lineage, ${mostBytesText}`;
}
