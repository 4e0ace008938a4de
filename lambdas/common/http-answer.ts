import { type Problem, type ProblemStatus, problemTitles } from '../../shared/http-door.ts';

/** What a function gives API Gateway, in the payload format 2.0 (Developer Guide, "AWS Lambda proxy integrations"). */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Headers = HttpAnswer['headers'];

/** Nobody keeps an answer: the same request may be answered otherwise a moment later. */
const always: Headers = { 'cache-control': 'no-store' };

export function jsonAnswer(statusCode: number, document: object, headers: Headers = {}): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...always, ...headers },
    body: JSON.stringify(document),
  };
}

/** An answer of RFC 9457. @param more members beside the problem's own */
export function problemAnswer(problem: Problem, headers: Headers = {}, more: object = {}): HttpAnswer {
  const document = { ...problem, ...more };
  return jsonAnswer(problem.status, document, { 'content-type': 'application/problem+json', ...headers });
}

export function problemOf(
  status: ProblemStatus,
  detail: string,
  more: Pick<Problem, 'kind' | 'reasons' | 'orderId'> = {},
): Problem {
  return { status, title: problemTitles[status], detail, ...more };
}

/** Seconds that a client is asked to wait at most. */
const longestRetryAfterSeconds = 10;

/**
 * The header of a 503. The time has chance in it, because clients that failed together and wait equally long come back
 * together.
 *
 * @param random answers numbers in [0, 1)
 */
export function retryAfter(random: () => number): Headers {
  return { 'retry-after': String(1 + Math.floor(random() * longestRetryAfterSeconds)) };
}
