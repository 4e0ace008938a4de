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
import { deleteUnnamedPieces } from './pieces.ts';
import type { WholeFailure } from './whole-failure.ts';

/** A failure as one line of an export: the whole row, with its body and attributes in one piece. */
export type ExportedFailure = Omit<FailureRow, 'recordedMessages'> & {
  readonly body: string;
  readonly recordedMessages: readonly string[];
};

/** What DynamoDB holds as a set becomes a list, which JSON can hold. */
export function exportedFailure({ row, body, messageAttributes }: WholeFailure): ExportedFailure {
  const recordedMessages = [...row.recordedMessages];
  return { ...row, body, messageAttributes, recordedMessages };
}

/**
 * Deletes a failure that was exported, then the pieces that only it named.
 * @returns false when it has changed since its export, or has gone: then it is left alone
 */
export async function deleteExported(table: OrdersTable, exported: ExportedFailure): Promise<boolean> {
  const { pk, sk, orderKey, status, history } = exported;
  try {
    await table.client.send(
      new DeleteItemCommand({
        TableName: table.name,
        Key: attributeValues({ pk, sk }),
        ConditionExpression: '#status = :status AND size(history) = :entries',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: attributeValues({ ':status': status, ':entries': history.length }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return false;
  }
  const { bodyHash, attributesHash } = exported as { readonly bodyHash?: string; readonly attributesHash?: string };
  const hashes = [bodyHash, attributesHash].filter((hash) => hash !== undefined);
  await deleteUnnamedPieces(table, orderKey, hashes);
  return true;
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
