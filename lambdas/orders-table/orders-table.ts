import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { UpdateRequest } from './update-request.ts';

/**
 * What the functions ask of the orders table; dynamodb-orders-table.ts asks DynamoDB. Everything else that goes wrong,
 * a throttle or a timeout say, rejects: it may pass.
 */
export interface OrdersTable {
  update(request: UpdateRequest, signal: AbortSignal): Promise<UpdateAnswer>;
  /** Strongly consistent: sees every write that was answered before. Undefined when there is no such row. */
  get(request: GetRequest, signal: AbortSignal): Promise<Row | undefined>;
}

export type Row = Readonly<Record<string, AttributeValue>>;

export type UpdateAnswer =
  /** `old`: the row as it was; undefined when there was none. */
  { readonly kind: 'written'; readonly old: Row | undefined } | { readonly kind: 'condition-failed' };

export interface GetRequest {
  readonly Key: Record<string, AttributeValue>;
  readonly ProjectionExpression: string;
}
