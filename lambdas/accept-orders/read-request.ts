import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { httpLimits, httpRoutes, idempotencyHeader, type Problem, routeKey } from '../../shared/http-door.ts';
import { messageLimits } from '../../shared/pipeline.ts';
import { problemOf } from '../common/http-answer.ts';
import { elementsOf } from './json-elements.ts';

/** What accept-orders reads of an event. API Gateway writes the names of headers in small letters. */
export type AcceptEvent = Pick<APIGatewayProxyEventV2, 'routeKey' | 'rawPath' | 'headers' | 'body' | 'isBase64Encoded'>;

/** The orders of a request as texts, each with the id that it gets if it has none; or why nothing can be read. */
export type ReadRequest =
  | {
      readonly kind: 'orders';
      readonly isBatch: boolean;
      /** The path of the collection, with the stage if that is in the path: `/orders`. */
      readonly collection: string;
      readonly orders: readonly RequestedOrder[];
    }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** A body, and the idempotency key for it. In a batch, the key of the request and the order's place in the batch. */
export interface RequestedOrder {
  readonly body: string;
  readonly key: string | undefined;
}

export function readRequest(event: AcceptEvent): ReadRequest {
  const isBatch = event.routeKey === routeKey(httpRoutes.acceptBatch);
  const unreadable = mediaProblem(event.headers);
  if (unreadable !== undefined) return { kind: 'refused', problem: unreadable };
  const body = bodyOf(event);
  if (body === undefined) return refused(400, 'The body must be UTF-8.', 'not-json', ['the body is not UTF-8']);
  const limit = isBatch ? httpLimits.batchBytes : messageLimits.bytes;
  if (Buffer.byteLength(body) > limit) return { kind: 'refused', problem: tooLarge(Buffer.byteLength(body), limit) };
  const collection = isBatch ? event.rawPath.replace(/\/batch\/?$/, '') : event.rawPath.replace(/\/$/, '');
  const key = keyOf(event.headers[idempotencyHeader]);
  if (!isBatch) return { kind: 'orders', isBatch, collection, orders: [{ body, key }] };

  const elements = elementsOf(body);
  if (typeof elements === 'string') {
    return refused(400, 'The body of a batch is a JSON array of orders.', 'not-json', [elements]);
  }
  if (elements.length === 0 || elements.length > httpLimits.batchOrders) {
    const detail = `A batch has 1 to ${httpLimits.batchOrders} orders, not ${elements.length}: send several batches.`;
    return { kind: 'refused', problem: problemOf(400, detail) };
  }
  const orders = elements.map((element, index) => ({
    body: element,
    key: key === undefined ? undefined : `${key}-${index}`,
  }));
  return { kind: 'orders', isBatch, collection, orders };
}

export function tooLarge(bytes: number, limit: number = messageLimits.bytes): Problem {
  const detail = `${bytes} bytes are more than the ${limit} that are taken: put the large part elsewhere, and send its key.`;
  return problemOf(413, detail);
}

function refused(status: 400, detail: string, kind: Problem['kind'] & string, reasons: readonly string[]): ReadRequest {
  return { kind: 'refused', problem: problemOf(status, detail, { kind, reasons }) };
}

/** `application/json`, or a type that ends in `+json`; in UTF-8 and not packed. */
function mediaProblem(headers: AcceptEvent['headers']): Problem | undefined {
  const [type = '', ...parameters] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const remedy = 'send JSON in UTF-8, with the header "content-type: application/json"';
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type)) {
    return problemOf(415, `The content type is ${type === '' ? 'missing' : JSON.stringify(type)}: ${remedy}.`);
  }
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && !/^"?utf-8"?$/.test(charset)) {
    return problemOf(415, `The charset is ${JSON.stringify(charset)}: ${remedy}.`);
  }
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() === 'identity') return undefined;
  return problemOf(415, `The content encoding is ${JSON.stringify(coding)}: send the body as it is.`);
}

/** Undefined for what is not UTF-8. API Gateway hands on text as it is, and other types in base64. */
function bodyOf({ body = '', isBase64Encoded }: AcceptEvent): string | undefined {
  if (!isBase64Encoded) return body;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body, 'base64'));
  } catch {
    return undefined;
  }
}

/** The draft of the header has a quoted text (draft-ietf-httpapi-idempotency-key-header); many clients leave the quotes out. */
function keyOf(header: string | undefined): string | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  return /^"([^"\\]*)"$/.exec(text)?.[1] ?? text;
}
