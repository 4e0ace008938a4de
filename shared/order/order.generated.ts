// Generated from order.schema.json by "npm run generate": change the schema, not this file.

/**
 * What a customer orders: the body of a message in the orders queue.
 */
export interface Order {
  /**
   * The producer always sets it; an order without one is accepted.
   */
  orderId?: string;
  customerName: string;
  customerAddress: string;
  /**
   * Where the customer is told by mail that the order was processed, if the stack sends mails. No address, no mail.
   */
  customerEmail?: string;
  items: string[];
  [k: string]: unknown;
}
