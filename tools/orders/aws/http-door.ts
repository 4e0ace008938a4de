import { randomUUID } from 'node:crypto';
import type { Agent } from 'node:https';
import {
  type AcceptedOrder,
  httpRoutes,
  idempotencyHeader,
  type Problem,
  type TrackedOrder,
} from '../../../shared/http-door.ts';
import { fullJitter } from '../../../shared/sending.ts';
import { CommandFailed } from '../errors.ts';
import { type Clock, sleep } from '../time.ts';
import type { OutgoingMessage, BareOutcome } from './send.ts';
import { signed, type Signer, type WebAnswer, webAnswer } from './http-request.ts';

/** The HTTP door of a pipeline, and the clock and the chance for the waits between tries. */
export interface HttpDoor {
  /** The output OrdersApiUrl. */
  readonly url: string;
  /** A token for a door that asks for one; otherwise requests are signed. */
  readonly token?: string | undefined;
  readonly signer: Signer;
  readonly agent?: Agent | undefined;
  readonly clock: Clock;
  /** Answers numbers in [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** What the door answered for one order. */
export type PostOutcome = AcceptedOrder | Problem;

const maximumTries = 6;
const backoffMs = { base: 200, cap: 5_000 };

/**
 * Sends up to ten orders. What the door could not take for reasons of its own, or for the rate, is sent again; with the
 * same id, so that an order which had been taken all the same is processed once.
 *
 * @param bodies JSON, except that a single one may be anything
 * @throws {CommandFailed} when the door refuses the sender, or did not answer in all tries
 */
export async function postOrders(door: HttpDoor, bodies: readonly string[]): Promise<readonly PostOutcome[]> {
  const [only] = bodies;
  if (bodies.length === 1) return [await postOrder(door, only!, randomUUID())];
  const key = randomUUID();
  const answer = await ask(door, 'POST', httpRoutes.acceptBatch.path, `[${bodies.join(',')}]`, key);
  const { orders } = JSON.parse(answer.body) as { readonly orders?: readonly PostOutcome[] };
  if (orders === undefined) throw unexpectedAnswer(door, answer);
  return Promise.all(
    orders.map(async (outcome, index) =>
      outcome.status === 503 ? postOrder(door, bodies[index]!, outcome.orderId ?? `${key}-${index}`) : outcome,
    ),
  );
}

/** @param key id of the order, if it has none of its own */
async function postOrder(door: HttpDoor, body: string, key: string): Promise<PostOutcome> {
  const answer = await ask(door, 'POST', httpRoutes.accept.path, body, key, [503]);
  return JSON.parse(answer.body) as PostOutcome;
}

/** The same for messages, as `sendMessages` does it. What is no JSON is sent alone. */
export async function sendByHttp(
  door: HttpDoor,
  messages: readonly Pick<OutgoingMessage, 'body'>[],
): Promise<readonly BareOutcome[]> {
  const bodies = messages.map(({ body }) => body);
  const outcomes = bodies.every(isJson)
    ? await postOrders(door, bodies)
    : (await Promise.all(bodies.map((body) => postOrders(door, [body])))).flat();
  return outcomes.map((outcome) => {
    if (outcome.status === 202) return { sent: true };
    const { status, title, detail, reasons = [detail] } = outcome;
    return { sent: false, code: `${status} ${title}:`, message: reasons.join(', ') };
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What became of an order. */
export async function trackOrder(door: HttpDoor, orderId: string): Promise<TrackedOrder> {
  const path = httpRoutes.track.path.replace('{id}', encodeURIComponent(orderId));
  return JSON.parse((await ask(door, 'GET', path, undefined, undefined)).body) as TrackedOrder;
}

/** Statuses that may pass: of API Gateway itself, too. */
const passing = [429, 500, 502, 503, 504];

/** @param again statuses with orders in the answer that are tried again all the same */
async function ask(
  door: HttpDoor,
  method: 'GET' | 'POST',
  path: string,
  body: string | undefined,
  key: string | undefined,
  again: readonly number[] = [],
): Promise<WebAnswer> {
  const { clock, random, signal } = door;
  let failure: unknown;
  for (let attempt = 1; attempt <= maximumTries; attempt += 1) {
    if (attempt > 1) await sleep(clock, fullJitter(attempt - 1, backoffMs, random), signal);
    signal.throwIfAborted();
    try {
      const answer = await send(door, method, path, body, key);
      const isOurs = answer.headers['content-type']?.startsWith('application/problem+json') === true;
      const isLast = attempt === maximumTries && isOurs;
      if (!passing.includes(answer.status) || (isOurs && !again.includes(answer.status)) || isLast) {
        return refuseRefusals(door, answer);
      }
      failure = unexpectedAnswer(door, answer);
    } catch (error) {
      if (error instanceof CommandFailed || signal.aborted) throw error;
      failure = new CommandFailed(`The HTTP door at ${door.url} does not answer: ${(error as Error).message}.`);
    }
  }
  throw failure;
}

async function send(
  { url, token, signer, agent, signal }: HttpDoor,
  method: 'GET' | 'POST',
  path: string,
  body: string | undefined,
  key: string | undefined,
): Promise<WebAnswer> {
  const request = {
    url: `${url}${path}`,
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { [idempotencyHeader]: key }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body }),
  };
  return webAnswer(token === undefined ? await signed(request, signer) : request, { agent, signal });
}

/** Passes on what is about orders. */
function refuseRefusals(door: HttpDoor, answer: WebAnswer): WebAnswer {
  switch (answer.status) {
    case 401:
      throw new CommandFailed(
        `The HTTP door at ${door.url} asks for a token: put it into the environment variable ORDERS_TOKEN.`,
      );
    case 403:
      throw new CommandFailed(
        `The HTTP door at ${door.url} refuses these credentials: they need execute-api:Invoke on the API.`,
      );
    default:
      if (answer.headers['content-type']?.includes('json') !== true) throw unexpectedAnswer(door, answer);
      return answer;
  }
}

const mostCharacters = 200;

function unexpectedAnswer({ url }: HttpDoor, { status, body }: WebAnswer): CommandFailed {
  return new CommandFailed(`The HTTP door at ${url} answered ${status}: ${body.slice(0, mostCharacters)}`);
}
