import type { ErrorObject } from 'ajv';
import type { Order } from './order.generated.ts';
import { reasonsFrom } from './reasons.ts';
import validateOrder from './validate-order.generated.js';

/** What a message body is. `reasons` are field-level and without values. */
export type ReadOrder = Identity &
  (
    | { readonly kind: 'order'; readonly order: Order }
    | { readonly kind: 'not-json' | 'invalid'; readonly reasons: readonly string[] }
  );

/** What a body says of itself; null where it says nothing or the schema finds fault with it. */
export interface Identity {
  readonly orderId: string | null;
  /** Personal data: not for logs, unless someone decided so. */
  readonly customerName: string | null;
}

/**
 * Reads a message body as an order. Never throws, whatever the body: `null`, `[]`, `"text"`, nothing, or brackets
 * ten thousand deep. JSON.parse's own message is left out because it quotes the body, which is personal data.
 */
export function readOrder(body: string): ReadOrder {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    const reason = body.trim() === '' ? 'the body is empty' : 'the body is not JSON';
    return { kind: 'not-json', reasons: [reason], orderId: null, customerName: null };
  }
  if (validateOrder(value)) {
    return { kind: 'order', order: value, ...identityOf(value, []) };
  }
  const errors = validateOrder.errors ?? [];
  return { kind: 'invalid', reasons: reasonsFrom(errors), ...identityOf(value, errors) };
}

/** A schema may do without these fields. */
function identityOf(value: unknown, errors: readonly ErrorObject[]): Identity {
  return {
    orderId: soundText(value, 'orderId', errors),
    customerName: soundText(value, 'customerName', errors),
  };
}

/**
 * A field of what may not even be an object, if the schema finds no fault with it. Own properties only, so that no
 * prototype supplies one.
 */
function soundText(value: unknown, field: keyof Identity, errors: readonly ErrorObject[]): string | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return null;
  if (errors.some((error) => error.instancePath === `/${field}`)) return null;
  const text = (value as Readonly<Record<string, unknown>>)[field];
  return typeof text === 'string' ? text : null;
}
