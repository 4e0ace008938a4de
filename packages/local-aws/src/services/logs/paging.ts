import { createContext, Script } from 'node:vm';
import { invalidParameter, invalidToken } from './groups.ts';
import { invalidPattern } from './invalid-pattern.ts';
import type { StoredEvent } from './store.ts';

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
interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/** A page of a list. The token holds the key of the next page's first item, so that it outlives changes of the list. */
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

/** A page holds at most 1 MB (API reference, FilterLogEvents). */
const pageCharacters = 1024 * 1024;

/** How long a page is searched for. On AWS, too, a page may be short, or empty, and still have a token (ibid.). */
export const pageMs = 500;

interface EventPage {
  readonly events: readonly StoredEvent[];
  /** The first event of the next page. */
  readonly next?: number;
}

/** The events that match, up to `limit`, 1 MB or the end of the page's time by the clock `nowMs`. */
export function findPage(
  candidates: Iterable<StoredEvent>,
  matches: (event: StoredEvent) => boolean,
  limit: number,
  nowMs: () => number,
): EventPage {
  const events: StoredEvent[] = [];
  let characters = 0;
  const endsAtMs = nowMs() + pageMs;
  for (const event of candidates) {
    if (nowMs() > endsAtMs) return { events, next: event.sequence };
    if (!matches(event)) continue;
    characters += event.message.length;
    if (events.length === limit || (characters > pageCharacters && events.length > 0)) {
      return { events, next: event.sequence };
    }
    events.push(event);
  }
  return { events };
}

const sandbox: { run?: () => unknown } = {};
createContext(sandbox);
const script = new Script('run()');

/**
 * What `run` returns; throws `InvalidParameterException` when it takes longer. V8 backtracks in regular expressions:
 * `%x.*y%` takes minutes on a long line of x, and this process would answer nothing else meanwhile, not even Ctrl-C.
 * Only `node:vm` can interrupt code that runs on the same thread.
 */
export function withinTime<Result>(timeoutMs: number, run: () => Result): Result {
  sandbox.run = run;
  try {
    return script.runInContext(sandbox, { timeout: timeoutMs }) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw invalidPattern('The filter pattern takes too long on one of the log events; the local runtime gives up.');
  } finally {
    delete sandbox.run;
  }
}
