import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { attributeValue, attributeValues } from '../../shared/attribute-value.ts';
import { type FailureRow, type HistoryEntry, statusShard } from '../../shared/orders-table.ts';
import type { OrdersTable } from './orders-table-client.ts';

/** A replay that is in the queue by now. */
export interface SentReplay {
  readonly messageId: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * Writes down that a failure was sent again: failed → replayed, or replayed → replayed once more where the former
 * message was lost. Where the outcome was quicker the row has it already, and where somebody edited it meanwhile it has
 * another body than was sent: then only the history gains the entry.
 */
export async function markReplayed(table: OrdersTable, row: FailureRow, replay: SentReplay): Promise<void> {
  const { pk, sk, failureId, status, replayCount } = row;
  const entries = row.history.length;
  const entry = { at: replay.at, event: 'replayed', messageId: replay.messageId, by: replay.by } satisfies HistoryEntry;
  const appended = 'history = list_append(if_not_exists(history, :none), :entry)';
  const update = { TableName: table.name, Key: attributeValues({ pk, sk }) };
  const history = { ':none': attributeValue([]), ':entry': attributeValue([entry]) };
  try {
    await table.client.send(
      new UpdateItemCommand({
        ...update,
        UpdateExpression: `SET #status = :replayed, statusShard = :shard, replayCount = :count, replayedAt = :at, ${appended} REMOVE causeShard`,
        ConditionExpression: '#status = :status AND replayCount = :former AND size(history) = :entries',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...attributeValues({
            ':replayed': 'replayed',
            ':status': status,
            ':shard': statusShard('replayed', failureId),
            ':count': replayCount + 1,
            ':at': replay.at,
            ':former': replayCount,
            ':entries': entries,
          }),
          ...history,
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    await appendHistory(table, update, appended, history);
  }
}

async function appendHistory(
  { client }: OrdersTable,
  update: Pick<UpdateItemCommand['input'], 'TableName' | 'Key'>,
  appended: string,
  values: NonNullable<UpdateItemCommand['input']['ExpressionAttributeValues']>,
): Promise<void> {
  try {
    await client.send(
      new UpdateItemCommand({
        ...update,
        UpdateExpression: `SET ${appended}`,
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: values,
      }),
    );
  } catch (error) {
    // Purged meanwhile: there is no story left to complete.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
