import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { attributeValue, attributeValues, fromItem } from '../../../shared/ledger/expressions.ts';
import { type FailureRow, type HistoryEntry, mostEdits } from '../../../shared/ledger/rows.ts';
import { messageLimits } from '../../../shared/pipeline.ts';
import { bytesOf, mostBytesText } from '../aws/send.ts';
import { type OrdersTable, readItems, type RowKey } from './read.ts';
import { replayMessage } from './replay.ts';

/** A new body, and who gives it when. */
export interface Mending {
  readonly body: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * Gives a failure another body. It stays failed, with the reasons and the cause it failed for, so that those that were
 * mended together can be replayed together.
 * @returns why nothing was changed, to be said of the failure; undefined when it was mended
 */
export async function mend(
  table: OrdersTable,
  row: FailureRow,
  { body, by, at }: Mending,
): Promise<string | undefined> {
  const { pk, sk, history } = row;
  const refused = editRefusal(row) ?? sizeRefusal(row, body, by);
  if (refused !== undefined) return refused;
  const entry = { at, event: 'edited', by } satisfies HistoryEntry;
  try {
    await table.client.send(
      new UpdateItemCommand({
        TableName: table.name,
        Key: attributeValues({ pk, sk }),
        UpdateExpression: 'SET history = list_append(history, :entry), body = :body',
        // Whatever happens to a failure makes its history longer.
        ConditionExpression: '#status = :failed AND size(history) = :entries',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...attributeValues({ ':failed': 'failed', ':entries': history.length, ':body': body }),
          ':entry': attributeValue([entry]),
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Or by this very request, whose answer was lost, so that the SDK asked again.
    if (!(await isMended(table, { pk, sk }, body, entry))) return 'was changed by somebody else meanwhile';
  }
  return undefined;
}

async function isMended(table: OrdersTable, key: RowKey, body: string, entry: HistoryEntry): Promise<boolean> {
  const [item = {}] = await readItems(table, [key], ['history', 'body']);
  const row = fromItem<Partial<FailureRow>>(item);
  return row.body === body && (row.history ?? []).some((each) => isDeepStrictEqual(each, entry));
}

/** Why a failure takes no other body, whichever; undefined when it does. */
export function editRefusal({ history }: Pick<FailureRow, 'history'>): string | undefined {
  const edits = history.filter(({ event }) => event === 'edited').length;
  if (edits < mostEdits) return undefined;
  return `has been edited ${edits} times, the most its row has room for: send the order anew, or purge it`;
}

/** Why a failure cannot have this body; undefined when it can: a replay, which adds its lineage, fits into a message. */
export function sizeRefusal(row: FailureRow, body: string, by: string): string | undefined {
  const bytes = bytesOf(replayMessage({ ...row, body }, by));
  if (bytes <= messageLimits.bytes) return undefined;
  return `would have ${bytes} bytes with its attributes and its lineage, ${mostBytesText}`;
}
