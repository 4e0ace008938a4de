import type { Lineage } from './orders-table.ts';

export interface OrderKeySource {
  /** The order's own id; null when its body names none that can be trusted. */
  readonly orderId: string | null;
  readonly lineage: Lineage | null;
  readonly messageId: string;
}

/**
 * What an order is written under: its own id; for an order without one, the id of the message that brought it first,
 * which a replay (a new message) carries along.
 */
export function orderKeyOf({ orderId, lineage, messageId }: OrderKeySource): string {
  return orderId ?? lineage?.orderKey ?? messageId;
}
