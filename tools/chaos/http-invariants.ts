import { contentHashOf } from '../../shared/ledger/content.ts';
import { readOrder } from '../../shared/order/read-order.ts';
import type { Evidence, Posted } from '../trial/evidence.ts';

/** A sentence for each case in which an invariant does not hold; none in a run without the HTTP door. */
type HttpInvariant = (evidence: Evidence) => readonly string[];

/** What holds of the HTTP door's answers whenever nothing moves any more. */
export const httpInvariants = {
  'what the door accepted is processed or in the ledger': ({ posted = [], orders, failures }) => {
    const known = new Set([...orders, ...failures].map(({ orderKey, body }) => unitOf(orderKey, body)));
    return posted
      .filter((order) => order.accepted && !known.has(unitOf(order.expectedId, bodyWithId(order))))
      .map(({ expectedId }) => `The door answered 202 for order ${expectedId}, and the order is nowhere.`);
  },

  'what the door refused is not in the queue': ({ posted = [], sent }) => {
    const bodies = new Set(sent.values());
    const ids = new Set([...bodies].map((body) => readOrder(body).orderId));
    return posted
      .filter(({ accepted, body, expectedId }) => !accepted && (bodies.has(body) || ids.has(expectedId)))
      .map(({ expectedId }) => `The door answered 400 for order ${expectedId}, and SQS got the order.`);
  },

  'an order without an id has its key for an id': ({ posted = [] }) =>
    posted
      .filter((order) => order.accepted && order.orderId !== order.expectedId)
      .map((order) => `Order ${order.expectedId} was accepted as ${order.accepted ? order.orderId : ''}.`),
} as const satisfies Readonly<Record<string, HttpInvariant>>;

const unitOf = (orderKey: string, body: string) => `${orderKey} ${contentHashOf(body)}`;

/** The order as the door sends it: with the id that it has by now. */
function bodyWithId({ body, expectedId }: Posted): string {
  return JSON.stringify({ orderId: expectedId, ...(JSON.parse(body) as object) });
}
