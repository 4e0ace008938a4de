import { createHash } from 'node:crypto';

/** What the orders of a message group of a FIFO queue have in common. */
export const groupings = ['order', 'customer'] as const;
export type Grouping = (typeof groupings)[number];

/**
 * The message group of an order. `order`: its own, so that no order waits for another. `customer`: that of its customer,
 * whose orders are processed in turn; an order that names none is a group of its own. SQS takes 128 characters without
 * spaces, and shows groups to whoever looks into the queue, so the name is a hash.
 *
 * @param body of any kind
 * @param own what an order is grouped by that has a group of its own
 */
export function messageGroupOf(body: string, own: string, grouping: Grouping): string {
  const customer = grouping === 'customer' ? customerOf(body) : undefined;
  if (customer === undefined) return own;
  return `customer-${createHash('sha256').update(customer).digest('hex').slice(0, 32)}`;
}

function customerOf(body: string): string | undefined {
  try {
    const { customerName } = JSON.parse(body) as { readonly customerName?: unknown };
    return typeof customerName === 'string' && customerName !== '' ? customerName : undefined;
  } catch {
    return undefined;
  }
}
