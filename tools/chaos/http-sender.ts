import type { Random } from 'local-aws';
import {
  type AcceptedOrder,
  type BatchAnswer,
  httpRoutes,
  idempotencyHeader,
  type Problem,
} from '../../shared/http-door.ts';
import { exampleOrder } from '../../shared/order/example-order.ts';
import { readOrder } from '../../shared/order/read-order.ts';
import { type Signer, signed, type WebAnswer, webAnswer } from '../orders/aws/http-request.ts';
import type { Posted } from '../trial/evidence.ts';

/** A request to the HTTP door: one order, or several in a batch. */
export interface Posting {
  readonly key: string;
  readonly bodies: readonly string[];
  readonly isBatch: boolean;
}

/**
 * What a careful sender posts: orders with an id and without, single and in batches, some requests twice with the same
 * key, and orders that the door must refuse.
 */
export function postings(random: Random): readonly Posting[] {
  const key = () => `http-${Math.floor(random() * 2 ** 32).toString(36)}`;
  const withId = (customerName: string) => {
    const order = exampleOrder(1, key());
    return JSON.stringify({ ...order, customerName, customerEmail: `${order.orderId}@example.com` });
  };
  const bad = () => JSON.stringify({ ...exampleOrder(1, key()), customerAddress: '' });
  const one = (body: string): Posting => ({ key: key(), bodies: [body], isBatch: false });
  const batch = (bodies: readonly string[]): Posting => ({ key: key(), bodies, isBatch: true });
  const single = Array.from({ length: 4 }, (_, at) => one((at % 2 === 0 ? withId : withoutId)(`Posted${at}`)));
  const batches = [
    batch(Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? withId : withoutId)(`Batch${at}`))),
    batch([withId('Mixed'), bad(), withoutId('Mixed too'), bad()]),
    batch([bad(), bad()]),
  ];
  return [...single, ...batches, one(bad()), single[1]!, batches[0]!];
}

function withoutId(customerName: string): string {
  const { orderId: _orderId, ...order } = exampleOrder(1);
  return JSON.stringify({ ...order, customerName });
}

/** A door on this machine, and what happens on the way to it. */
export interface CarefulDoor {
  readonly url: string;
  readonly signer: Signer;
  readonly line: FaultyLine;
  /** Wraps each request, so that its run knows that somebody waits for an answer. */
  readonly during: <Result>(request: () => Promise<Result>) => Promise<Result>;
}

/** Far more tries than faults can strike in a row: each kind strikes a few times in a run, and the line now and then. */
const mostTries = 60;

/**
 * Posts orders until the door has answered 202 or 400 for each. After any other answer, and after none, the same request
 * goes again with the same key.
 *
 * @returns each order's final answer
 */
export async function postCarefully(door: CarefulDoor, requests: readonly Posting[]): Promise<readonly Posted[]> {
  const posted: Posted[] = [];
  for (const request of requests) {
    const answers = new Map<number, Posted>();
    let last = 'no answer';
    for (let tries = 0; answers.size < request.bodies.length; tries += 1) {
      if (tries === mostTries) throw new Error(`The HTTP door took no end with ${request.key}: ${last}.`);
      try {
        const answer = await door.during(() => post(door, request));
        last = `${answer.status} ${answer.body}`;
        for (const [index, outcome] of outcomesOf(request, answer).entries()) {
          const final = finalOf(request, index, outcome);
          // Every answer is a promise, also that to an order which was taken before.
          if (final !== undefined) answers.set(index, final);
        }
      } catch (error) {
        last = String(error);
      }
    }
    posted.push(...answers.values());
  }
  return posted;
}

async function post({ url, signer, line }: CarefulDoor, { key, bodies, isBatch }: Posting): Promise<WebAnswer> {
  const request = {
    url: `${url}${(isBatch ? httpRoutes.acceptBatch : httpRoutes.accept).path}`,
    method: 'POST',
    headers: { 'content-type': 'application/json', [idempotencyHeader]: key },
    body: isBatch ? `[${bodies.join(',')}]` : bodies[0]!,
  } as const;
  const { signal } = new AbortController();
  return line.pass(async () => webAnswer(await signed(request, signer), { signal }));
}

type Outcome = AcceptedOrder | Problem;

/** What API Gateway says itself, such as 429 or 500, is about no order: there is nothing final in it. */
function outcomesOf({ isBatch, bodies }: Posting, { status, body }: WebAnswer): readonly Outcome[] {
  if (![202, 207, 400, 503].includes(status)) return [];
  const answer = JSON.parse(body) as Partial<BatchAnswer> & Outcome;
  if (!isBatch) return [answer];
  return answer.orders?.length === bodies.length ? answer.orders : [];
}

function finalOf({ key, bodies, isBatch }: Posting, index: number, outcome: Outcome): Posted | undefined {
  const body = bodies[index]!;
  const orderId = readOrder(body).orderId ?? (isBatch ? `${key}-${index}` : key);
  if (outcome.status === 202) return { body, expectedId: orderId, accepted: true, orderId: outcome.orderId };
  return outcome.status === 400 ? { body, expectedId: orderId, accepted: false } : undefined;
}

/** One request in so many is struck. */
const span = 5;

/** The connection to the door: it goes now and then, before the door has the request or after its answer. */
export class FaultyLine {
  readonly #random: Random;
  #struck = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Requests that were struck. */
  get struck(): number {
    return this.#struck;
  }

  async pass<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    const isStruck = this.#random() * span < 1;
    const isBefore = this.#random() < 0.5;
    if (isStruck) this.#struck += 1;
    if (isStruck && isBefore) throw new Error('The connection went before the request.');
    const answer = await request();
    if (isStruck) throw new Error('The connection went before the answer.');
    return answer;
  }
}
