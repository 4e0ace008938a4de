import { invalidParameter, invalidToken } from './logs-errors.ts';

/** `limit` of a request, within 1 and `maximum`; `maximum` when missing. Message as recorded by LocalStack. */
export function pageLimit(limit: number | undefined, maximum: number): number {
  if (limit === undefined) return maximum;
  if (limit >= 1 && limit <= maximum) return limit;
  const bound = limit < 1 ? 'greater than or equal to 1' : `less than or equal to ${maximum}`;
  throw invalidParameter(
    `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

/** Part of a list; `nextToken` is absent on its last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/** A page of a list; the token carries the key of its successor's first item, so that it outlives changes. */
export function pageOf<T>(
  sorted: readonly T[],
  keyOf: (item: T) => string,
  token: string | undefined,
  limit: number,
): Page<T> {
  const start = token === undefined ? 0 : indexOfToken(sorted, keyOf, token);
  const next = sorted[start + limit];
  return {
    items: sorted.slice(start, start + limit),
    ...(next !== undefined && { nextToken: Buffer.from(keyOf(next)).toString('base64') }),
  };
}

function indexOfToken<T>(sorted: readonly T[], keyOf: (item: T) => string, token: string): number {
  const key = Buffer.from(token, 'base64').toString('utf8');
  const index = sorted.findIndex((item) => keyOf(item) === key);
  if (index === -1) throw invalidToken();
  return index;
}
