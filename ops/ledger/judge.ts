import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { attributeValues } from '../../shared/attribute-value.ts';
import { contentHashOf } from '../../shared/content-hash.ts';
import { conflictReason, type FailureKind, failureKinds } from '../../shared/log-messages.ts';
import { type FailureRow, orderRowKey } from '../../shared/orders-table.ts';
import { readOrder } from '../../shared/read-order.ts';
import type { OrdersTable } from './orders-table-client.ts';

/** Whether an order would be processed now. */
export type Verdict =
  | { readonly passes: true }
  | { readonly passes: false; readonly kind: FailureKind; readonly reasons: readonly string[] };

const pass: Verdict = { passes: true };

/**
 * What process-orders would say of a failure if it were replayed as `body`: today's validation, and for one that failed
 * because of its id, whether that id still belongs to another order.
 */
export async function judge(table: OrdersTable, row: FailureRow, body: string): Promise<Verdict> {
  const read = readOrder(body);
  if (read.kind !== 'order') return { passes: false, kind: read.kind, reasons: read.reasons };
  if (row.kind !== failureKinds.conflictingId) return pass;
  const { Item: order } = await table.client.send(
    new GetItemCommand({
      TableName: table.name,
      Key: attributeValues(orderRowKey(read.orderId ?? row.orderKey)),
      ProjectionExpression: 'contentHash',
      ConsistentRead: true,
    }),
  );
  const contentHash = order?.['contentHash']?.S;
  if (contentHash === undefined || contentHash === contentHashOf(body)) return pass;
  return { passes: false, kind: failureKinds.conflictingId, reasons: [conflictReason] };
}
