import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  ScanCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { attributeValues } from '../../shared/attribute-value.ts';
import type { FailureRow } from '../../shared/orders-table.ts';
import { fromItem } from './attribute-values.ts';
import type { FailureSummary } from './failures.ts';
import type { OrdersTable } from './orders-table-client.ts';
import { deleteUnnamedPieces, isRecent } from './pieces.ts';
import type { DamagedFailure, WholeFailure } from './whole-failure.ts';

/** A failure as one line of an export: the whole row, with its body and attributes in one piece. */
export type ExportedFailure = Omit<FailureRow, 'recordedMessages'> & {
  /** Null when pieces of it are missing. */
  readonly body: string | null;
  /** What is missing, then. */
  readonly damage?: string;
  readonly recordedMessages: readonly string[];
};

/** What DynamoDB holds as a set becomes a list, which JSON can hold. */
export function exportedFailure(failure: WholeFailure | DamagedFailure): ExportedFailure {
  const { row } = failure;
  const recordedMessages = [...row.recordedMessages];
  if ('damage' in failure) return { ...row, body: null, damage: failure.damage, recordedMessages };
  return { ...row, body: failure.body, messageAttributes: failure.messageAttributes, recordedMessages };
}

/**
 * `changed`: since its export. `recent`: its body, in pieces, was written so recently that it could not be
 * deleted with it. It is left alone then.
 */
export type Deletion = 'deleted' | 'changed' | 'recent';

/** Deletes a failure that was exported, then the pieces that no other row names. */
export async function deleteExported(table: OrdersTable, exported: ExportedFailure): Promise<Deletion> {
  const { pk, sk, orderKey, orderId, status, history } = exported;
  const { bodyHash, attributesHash } = exported as { readonly bodyHash?: string; readonly attributesHash?: string };
  for (const hash of [bodyHash, attributesHash])
    if (hash !== undefined && (await isRecent(table, orderKey, hash))) return 'recent';
  try {
    await table.client.send(
      new DeleteItemCommand({
        TableName: table.name,
        Key: attributeValues({ pk, sk }),
        // What has gone may have gone by this very request, whose answer was lost: its pieces go, too.
        ConditionExpression: 'attribute_not_exists(pk) OR (#status = :status AND size(history) = :entries)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: attributeValues({ ':status': status, ':entries': history.length }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return 'changed';
  }
  // process-orders wrote under the id in the body, which a replay may have changed.
  for (const key of new Set([orderKey, orderId ?? orderKey])) await deleteUnnamedPieces(table, key);
  return 'deleted';
}

/**
 * Failures that ended well, in no order. They are in no index, so the whole table is read: half a read unit for each
 * 4 KB that it holds.
 */
export async function* processedFailures(table: OrdersTable, before: string): AsyncGenerator<FailureSummary> {
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await table.client.send(
      new ScanCommand({
        TableName: table.name,
        FilterExpression: '#status = :processed AND failedAt < :before',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: attributeValues({ ':processed': 'processed', ':before': before }),
        ExclusiveStartKey: from,
      }),
    );
    for (const item of page.Items ?? []) yield fromItem<FailureSummary>(item);
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
}
