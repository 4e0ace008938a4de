import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { attributeValues } from '../../shared/attribute-value.ts';
import type { FailureRow } from '../../shared/orders-table.ts';
import { fromItem } from './attribute-values.ts';
import type { FailureSummary } from './failures.ts';
import type { OrdersTable } from './orders-table-client.ts';

/** A failure as one line of an export: the whole row. */
export type ExportedFailure = Omit<FailureRow, 'recordedMessages'> & { readonly recordedMessages: readonly string[] };

/** What DynamoDB holds as a set becomes a list, which JSON can hold. */
export function exportedFailure(row: FailureRow): ExportedFailure {
  return { ...row, recordedMessages: [...row.recordedMessages] };
}

/** `changed`: since its export. It is left alone then. */
export type Deletion = 'deleted' | 'changed';

/** Deletes a failure that was exported. */
export async function deleteExported(table: OrdersTable, exported: ExportedFailure): Promise<Deletion> {
  const { pk, sk, status, history } = exported;
  try {
    await table.client.send(
      new DeleteItemCommand({
        TableName: table.name,
        Key: attributeValues({ pk, sk }),
        // What has gone may have gone by this very request, whose answer was lost.
        ConditionExpression: 'attribute_not_exists(pk) OR (#status = :status AND size(history) = :entries)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: attributeValues({ ':status': status, ':entries': history.length }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return 'changed';
  }
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
