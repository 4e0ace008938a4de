import { createHandler as createAcceptOrders, type Dependencies } from '../../lambdas/accept-orders/accept.ts';
import type { AcceptEvent } from '../../lambdas/accept-orders/read-request.ts';
import type { HttpAnswer } from '../../lambdas/common/http-answer.ts';
import type { OrderMessage, SendMessageBatch } from '../../lambdas/common/send.ts';
import type { MetricCounts } from '../../shared/telemetry.ts';
import { deadlineOf } from './deadline-of.ts';
import { expectDescribed } from './open-api.ts';

type Headers = Readonly<Record<string, string>>;

/** A request as API Gateway hands it to accept-orders. A body that is no text becomes JSON. */
export function postEvent(body: unknown, headers: Headers = {}, path = '/orders'): AcceptEvent {
  return {
    routeKey: `POST ${path}`,
    rawPath: path,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
  };
}

export const batchEvent = (body: unknown, headers?: Headers) => postEvent(body, headers, '/orders/batch');

/** accept-orders, whose answers must be as the OpenAPI document has them, with an SQS that takes everything unless told otherwise, and what it did. */
export function acceptOrders(changes: Partial<Dependencies> = {}, remainingMs = 10_000) {
  const taken: OrderMessage[] = [];
  const published: MetricCounts[] = [];
  let ids = 0;
  const takeAll: SendMessageBatch = (messages) => {
    taken.push(...messages);
    return Promise.resolve([]);
  };
  const handler = createAcceptOrders({
    sendMessageBatch: takeAll,
    sleep: () => Promise.resolve(),
    random: () => 0.5,
    newId: () => `new-${(ids += 1)}`,
    publishMetrics: (counts) => void published.push(counts),
    startDeadline: () => deadlineOf(),
    ...changes,
  });
  const ask = async (event: AcceptEvent) => {
    const answer = readAnswer(await handler(event, { getRemainingTimeInMillis: () => remainingMs }));
    expectDescribed(event.routeKey.endsWith('/batch') ? 'acceptBatch' : 'accept', answer);
    return answer;
  };
  return { ask, taken, published };
}

export interface ReadAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly document: Readonly<Record<string, unknown>>;
}

export function readAnswer({ statusCode: status, headers, body }: HttpAnswer): ReadAnswer {
  return { status, headers, document: JSON.parse(body) as ReadAnswer['document'] };
}
