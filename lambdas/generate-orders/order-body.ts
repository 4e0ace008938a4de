import type { Order } from '../../shared/order.generated.ts';

/** A generated order has all fields, and an id. */
export type GeneratedOrder = Required<Pick<Order, 'orderId' | 'customerName' | 'customerAddress' | 'items'>>;

const catalogue = ['apples', 'bread', 'cheese', 'dates', 'eggs', 'flour', 'grapes'] as const;

/** The order at an index of the sequence: User0 at 0 Main Street, and so on, with one to three items. */
export function orderAt(index: number, orderId: string): GeneratedOrder {
  const items = Array.from({ length: 1 + (index % 3) }, (_, item) => catalogue[(index + item) % catalogue.length]!);
  return { orderId, customerName: `User${index}`, customerAddress: `${index} Main Street`, items };
}

/**
 * The ways an order can be bad: each makes a message body of a good order. Orders keep their id where the body is
 * still JSON, so that the failure can be traced back.
 */
const defects: readonly ((order: GeneratedOrder) => string)[] = [
  withoutAddress,
  (order) => JSON.stringify({ ...order, customerName: '' }),
  (order) => JSON.stringify({ ...order, items: order.items.join(', ') }),
  (order) => JSON.stringify({ ...order, items: [...order.items, order.items.length] }),
  ({ items: _items, ...order }) => JSON.stringify(order),
  // Cut off in the middle, as by a sender that crashed.
  (order) => JSON.stringify(order).slice(0, -10),
];

/** The lecture demo's bad order: all there but the address. */
export function withoutAddress({ customerAddress: _customerAddress, ...order }: GeneratedOrder): string {
  return JSON.stringify(order);
}

/** @param draw 32 random bits that choose the defect */
export function badBody(order: GeneratedOrder, draw: number): string {
  return defects[draw % defects.length]!(order);
}
