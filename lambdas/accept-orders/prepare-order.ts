import type { Problem } from '../../shared/http-door.ts';
import { readOrder } from '../../shared/order/read-order.ts';
import { problemOf } from '../common/http-answer.ts';
import type { RequestedOrder } from './read-request.ts';

/** An order as it goes into the queue; or why it does not. */
export type PreparedOrder =
  | { readonly kind: 'order'; readonly orderId: string | null; readonly body: string }
  | { readonly kind: 'refused'; readonly orderId: string | null; readonly problem: Problem };

/**
 * Holds a body against the schema, and gives an order without an id one: the idempotency key, or a new id. The id is
 * put into the body's text in front, so that everything else stays as the sender wrote it.
 *
 * @param newId answers a random id
 */
export function prepareOrder({ body, key }: RequestedOrder, newId: () => string): PreparedOrder {
  const read = readOrder(body);
  const { orderId } = read;
  if (read.kind !== 'order') {
    const { kind, reasons } = read;
    const detail = kind === 'invalid' ? 'The body is no order.' : 'The body is no JSON.';
    return { kind: 'refused', orderId, problem: problemOf(400, detail, { kind, reasons }) };
  }
  if (orderId !== null) return { kind: 'order', orderId, body: sendable(body) };

  const id = key ?? newId();
  const withId = bodyWithId(body, read.order, id);
  const again = withId === undefined ? undefined : readOrder(withId);
  if (withId !== undefined && again?.orderId === id && again.kind === 'order') {
    return { kind: 'order', orderId: id, body: sendable(withId) };
  }
  if (key === undefined) return { kind: 'order', orderId: null, body: sendable(body) };
  // Taken without its key, the order would be processed twice when it is sent twice.
  const reasons = again?.kind === 'invalid' ? again.reasons : ['the order has no place for an id'];
  const detail = 'The header Idempotency-Key becomes the id of an order without one, and cannot be the id of this one.';
  return { kind: 'refused', orderId, problem: problemOf(400, detail, { kind: 'invalid', reasons }) };
}

/** Undefined for what has an id that is no text, and for what is no object. */
function bodyWithId(body: string, order: object, id: string): string | undefined {
  const text = body.trimStart();
  if (!text.startsWith('{') || Object.hasOwn(order, 'orderId')) return undefined;
  const rest = text.slice(1);
  return `{"orderId":${JSON.stringify(id)}${rest.trimStart().startsWith('}') ? '' : ','}${rest}`;
}

/**
 * SQS takes the characters of XML 1.0 (API reference, SendMessage). Of what may stand in JSON, that leaves out two
 * characters and halves of surrogate pairs. They stand in strings only, where an escape says the same.
 */
function sendable(body: string): string {
  return body.replaceAll(/[\uFFFE\uFFFF\p{Surrogate}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
