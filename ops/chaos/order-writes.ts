import type { DynamodbService, ForwardedOperation } from 'local-aws';
import { fromItem } from '../ledger/attribute-values.ts';
import type { OrderRow } from '../../shared/orders-table.ts';

/** What the table answered to those who wrote orders' rows. */
export interface OrderWrites {
  /** How often an order's row was written where there was none, by the order's key. */
  readonly created: ReadonlyMap<string, number>;
  /** Rows that writes came upon. */
  readonly found: readonly OrderRow[];
}

type Item = Parameters<typeof fromItem>[0];

/**
 * Watches the writes of orders' rows at the table itself, which answers each with the row as it was before.
 *
 * @param written is called when an order's row stands, before its function learns of it
 */
export function watchOrderWrites(
  { rpc }: DynamodbService,
  written: (orderKey: string) => void = () => {},
): OrderWrites {
  const operations = rpc.forwarded as Record<string, ForwardedOperation>;
  const update = operations['UpdateItem']!;
  const created = new Map<string, number>();
  const found: OrderRow[] = [];
  operations['UpdateItem'] = {
    ...update,
    async forward(body, input, context) {
      const answer = await update.forward(body, input, context);
      const { pk, sk } = fromItem<{ pk: string; sk: string }>(input['Key'] as Item);
      const writesOrder = sk === 'ORDER' && String(input['UpdateExpression']).includes('#contentHash =');
      if (answer.status !== 200 || !writesOrder) return answer;
      const { Attributes } = JSON.parse(answer.body.toString()) as { readonly Attributes?: Item };
      const orderKey = pk.slice(pk.indexOf('#') + 1);
      if (Attributes?.['contentHash'] === undefined) created.set(orderKey, (created.get(orderKey) ?? 0) + 1);
      else found.push(fromItem<OrderRow>(Attributes));
      written(orderKey);
      return answer;
    },
  };
  return { created, found };
}
