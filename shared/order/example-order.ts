import type { Order } from './order.generated.ts';

const catalogue = ['apples', 'bread', 'cheese', 'dates', 'eggs', 'flour', 'grapes'] as const;

/**
 * A good order: User0 at 0 Main Street, and so on, with one to three items. generate-orders, the tests, the chaos runs
 * and the bench make all their orders of this one, and their bad orders too. So a new property of order.schema.json is
 * written here once.
 *
 * @param index 0 or more; other orders for other indexes
 * @param orderId as the schema asks for
 */
export function exampleOrder(index: number, orderId = `order-${index}`) {
  return {
    orderId,
    customerName: `User${index}`,
    customerAddress: `${index} Main Street`,
    items: Array.from({ length: 1 + (index % 3) }, (_, item) => catalogue[(index + item) % catalogue.length]!),
  } satisfies Order;
}

/** The bad order of the lecture demo: UserX, who has no address. */
export function exampleUserX(index: number, orderId?: string) {
  const { customerAddress: _customerAddress, ...order } = exampleOrder(index, orderId);
  return { ...order, customerName: 'UserX' };
}
