import type { ErrorObject } from 'ajv';
import type { Order } from './order.generated.ts';
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

/** More reasons than a person reads; the rest is counted. */
const maximumReasons = 20;

/**
 * Where the validator stops collecting errors. Half a million wrong items fit into one message, and an error for each
 * of them would exhaust a function's memory, which fails the good orders beside it as well.
 */
export const maximumErrors = 1_000;

/**
 * Turns ajv's errors into field-level reasons such as `/customerAddress is required`: a JSON pointer and what is
 * wrong there. The offending values are left out, they are personal data. At most 20 reasons, then `and N more`.
 */
export function reasonsFrom(errors: readonly ErrorObject[]): readonly string[] {
  const reasons = errors.slice(0, maximumReasons).map(reasonFrom);
  if (errors.length <= maximumReasons) return reasons;
  return [...reasons, `and ${errors.length >= maximumErrors ? 'at least ' : ''}${errors.length - maximumReasons} more`];
}

function reasonFrom(error: ErrorObject): string {
  const place = error.instancePath === '' ? 'the order' : error.instancePath;
  const parameters = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return `${error.instancePath}/${String(parameters['missingProperty'])} is required`;
    case 'type':
      return `${place} must be ${withArticle(String(parameters['type']))}`;
    case 'minLength':
      return parameters['limit'] === 1 ? `${place} must not be empty` : `${place} ${error.message ?? 'is too short'}`;
    case 'pattern':
      return `${place} must match ${String(parameters['pattern'])}`;
    default:
      return `${place} ${error.message ?? `breaks the rule "${error.keyword}"`}`;
  }
}

function withArticle(noun: string): string {
  return /^[aeio]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}
