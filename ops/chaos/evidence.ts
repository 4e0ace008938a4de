import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { FailureRow, OrderRow } from '../../shared/orders-table.ts';
import { failureRowOf, fromItem } from '../ledger/attribute-values.ts';
import type { OrdersTable } from '../ledger/orders-table-client.ts';

/** All rows of the table, by their sort keys. */
export interface Rows {
  readonly orders: readonly OrderRow[];
  readonly failures: readonly FailureRow[];
}

/** What is known of a run once nothing moves any more. The invariants are functions of this alone. */
export interface Evidence extends Rows {
  /** Bodies of the messages that senders sent, by message id, replays left out; of an edited failure the new one. */
  readonly sent: ReadonlyMap<string, string>;
  /** Message attributes by the body that they came with; a body that is not here came without. */
  readonly attributes: ReadonlyMap<string, FailureRow['messageAttributes']>;
  /** How many different orders senders were told are queued. */
  readonly promised: number;
  /** How often each order's row was written where there was none, by the order's key. */
  readonly created: ReadonlyMap<string, number>;
  /** Orders' rows as later writes came upon them. */
  readonly found: readonly OrderRow[];
  /** How many there are in all queues, in whatever state. */
  readonly messages: number;
  /** What the functions logged. */
  readonly lines: readonly string[];
  /** What the runtime says went wrong in itself. */
  readonly defects: readonly string[];
}

/** Reads the whole table, as it is now. */
export async function readRows(table: OrdersTable): Promise<Rows> {
  const { client, name } = table;
  const rows: { orders: OrderRow[]; failures: FailureRow[] } = { orders: [], failures: [] };
  for await (const { Items = [] } of paginateScan({ client }, { TableName: name, ConsistentRead: true })) {
    for (const item of Items) {
      const sk = item['sk']?.S ?? '';
      if (sk === 'ORDER' && item['contentHash'] !== undefined) rows.orders.push(fromItem<OrderRow>(item));
      else if (sk.startsWith('FAILURE#')) rows.failures.push(failureRowOf(item));
    }
  }
  return rows;
}
