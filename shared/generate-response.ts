/** What generate-orders answers, as API Gateway's proxy integration takes it and the lecture demo does. */
export interface GenerateResponse {
  readonly statusCode: 200 | 400 | 500;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON of an `EventRefusal` with status 400, of a `GenerateAnswer` otherwise. */
  readonly body: string;
}

/** `queued` + `failed.length` + (`next` given: count − `next`) = `requested`. */
export interface GenerateAnswer {
  /** How many orders this invocation was to queue: count − from. */
  readonly requested: number;
  readonly queued: number;
  readonly seed: number;
  /** Present when it stopped early: invoke again with the same count, badRate and seed, and `from` set to this. */
  readonly next?: number;
  /** Present, with status 500, when orders could not be queued: all of them, by name. */
  readonly failed?: readonly NotQueued[];
}

/** An order that is not in the queue, and why: SQS's error code and message, or the function's own. */
export interface NotQueued {
  /** Its place in the sequence that the seed makes, from 0. */
  readonly index: number;
  readonly orderId: string;
  readonly code: string;
  readonly message: string;
}

/** Why an event was not taken: each problem in a sentence. No order of it was queued. */
export interface EventRefusal {
  readonly problems: readonly string[];
}

/** A response, read. */
export type Generated =
  ({ readonly statusCode: 200 | 500 } & GenerateAnswer) | ({ readonly statusCode: 400 } & EventRefusal);

/**
 * Reads the payload that Lambda gives back for an invocation of generate-orders that did not fail: with a
 * `FunctionError`, the payload is that error instead.
 */
export function readGenerated(payload: string): Generated {
  const { statusCode, body } = JSON.parse(payload) as GenerateResponse;
  return { statusCode, ...(JSON.parse(body) as object) } as Generated;
}
