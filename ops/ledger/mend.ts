import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { attributeValue, attributeValues } from '../../shared/attribute-value.ts';
import { type FailureRow, type HistoryEntry, mostEdits, type StoredBody } from '../../shared/orders-table.ts';
import { fromItem } from './attribute-values.ts';
import { type OrdersTable, readItems, type RowKey } from './orders-table-client.ts';
import { deleteUnnamedPieces, writeBody } from './pieces.ts';
import type { WholeFailure } from './whole-failure.ts';

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
  { row }: WholeFailure,
  { body, by, at }: Mending,
): Promise<string | undefined> {
  const { pk, sk, orderKey, history } = row;
  const refused = editRefusal(row);
  if (refused !== undefined) return refused;
  const stored = await writeBody(table, orderKey, body);
  const entry = { at, event: 'edited', by } satisfies HistoryEntry;
  const inline = 'body' in stored;
  try {
    await table.client.send(
      new UpdateItemCommand({
        TableName: table.name,
        Key: attributeValues({ pk, sk }),
        UpdateExpression:
          'SET history = list_append(history, :entry), ' +
          (inline ? 'body = :body REMOVE bodyHash, bodyPieces' : 'bodyHash = :hash, bodyPieces = :pieces REMOVE body'),
        // Whatever happens to a failure makes its history longer.
        ConditionExpression: '#status = :failed AND size(history) = :entries',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...attributeValues({ ':failed': 'failed', ':entries': history.length }),
          ':entry': attributeValue([entry]),
          ...(inline
            ? attributeValues({ ':body': stored.body })
            : attributeValues({ ':hash': stored.bodyHash, ':pieces': stored.bodyPieces })),
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Or by this very request, whose answer was lost, so that the SDK asked again.
    if (!(await isMended(table, { pk, sk }, stored, entry))) return 'was changed by somebody else meanwhile';
  }
  if ('bodyHash' in row) await deleteUnnamedPieces(table, orderKey);
  return undefined;
}

async function isMended(table: OrdersTable, key: RowKey, stored: StoredBody, entry: HistoryEntry): Promise<boolean> {
  const [item = {}] = await readItems(table, [key], ['history', 'body', 'bodyHash']);
  const { history = [], body, bodyHash } = fromItem<Partial<FailureRow> & { body?: string; bodyHash?: string }>(item);
  const isSame = 'body' in stored ? body === stored.body : bodyHash === stored.bodyHash;
  return isSame && history.some((each) => isDeepStrictEqual(each, entry));
}

/** Why a failure takes no other body, whichever; undefined when it does. */
export function editRefusal({ history }: Pick<FailureRow, 'history'>): string | undefined {
  const edits = history.filter(({ event }) => event === 'edited').length;
  if (edits < mostEdits) return undefined;
  return `has been edited ${edits} times, the most its row has room for: send the order anew, or purge it`;
}
