import { messageLimits } from './pipeline.ts';

/*
 * What the two sides of the HTTP door agree on: the stack and its functions on one side, the OpenAPI document and the
 * commands on the other. What it promises: docs/http.md.
 */

/** The routes, as API Gateway spells them. */
export const httpRoutes = {
  accept: { method: 'POST', path: '/orders' },
  acceptBatch: { method: 'POST', path: '/orders/batch' },
  track: { method: 'GET', path: '/orders/{id}' },
} as const;

/** `POST /orders`, as a route of API Gateway and of an event is named. */
export const routeKey = ({ method, path }: (typeof httpRoutes)[keyof typeof httpRoutes]) => `${method} ${path}`;

/** What the door takes at most. API Gateway itself refuses more than 10 MB ("Quotas for HTTP APIs"), Lambda 6 MB. */
export const httpLimits = {
  /** Orders of a batch: as many as one request to SQS takes. */
  batchOrders: messageLimits.batchEntries,
  /** Bytes of a batch: its orders, and what stands between them. */
  batchBytes: messageLimits.batchEntries * (messageLimits.bytes + 1_024),
  /** Characters of an id that is asked for: more than that is no key of the table (DynamoDB: 2,048 bytes). */
  idCharacters: 256,
} as const;

/** Name of the header that becomes the id of an order without one, in small letters. */
export const idempotencyHeader = 'idempotency-key';

/** An order that is in the queue. */
export interface AcceptedOrder {
  readonly status: 202;
  /** Null where the schema has no place for an id: then nobody can ask for the order. */
  readonly orderId: string | null;
  /** Path behind the door's address at which the order's state can be asked for. Absent without an id. */
  readonly location?: string;
}

/** Titles of the statuses of the door's own problems (RFC 9110, section 15). */
export const problemTitles = {
  400: 'Bad Request',
  404: 'Not Found',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  503: 'Service Unavailable',
} as const;

export type ProblemStatus = keyof typeof problemTitles;

/** Why something was not done: a problem of RFC 9457, of the type `about:blank`. No member quotes an order. */
export interface Problem {
  readonly status: ProblemStatus;
  readonly title: string;
  /** A sentence for a person, with the remedy. */
  readonly detail: string;
  /** Of a body that is no order, as in the ledger: `not-json` or `invalid`. */
  readonly kind?: 'not-json' | 'invalid';
  /** Field-level, as in the ledger: `/customerAddress is required`. */
  readonly reasons?: readonly string[];
  /** Of an order that may be in the queue all the same: sent again with this id, it is processed once. */
  readonly orderId?: string;
}

/** What became of each order of a batch, in their order. */
export interface BatchAnswer {
  readonly orders: readonly (AcceptedOrder | Problem)[];
}

/**
 * What is known of an order. `queued`: nothing yet, so that the order is in a queue, or was never accepted. `replayed`:
 * the order failed and was sent again. Times are ISO 8601, UTC.
 */
export type OrderState =
  | { readonly state: 'queued' }
  /** `conflicts`: how many failures there are of other orders with this id. Absent when there are none. */
  | { readonly state: 'processed'; readonly processedAt?: string; readonly conflicts?: number }
  | { readonly state: 'replayed'; readonly replayedAt?: string }
  /** `kind` and `reasons` as in the ledger, but for errors of the pipeline's own, which are nobody else's business. */
  | { readonly state: 'failed'; readonly failedAt: string; readonly kind: string; readonly reasons: readonly string[] };

/** What `GET /orders/{id}` answers. */
export type TrackedOrder = { readonly orderId: string } & OrderState;
