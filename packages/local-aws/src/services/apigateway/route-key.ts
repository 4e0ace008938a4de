/** A route key, taken apart. `segments` is undefined for `$default`. */
interface RouteKey {
  /** `ANY` for all methods. */
  readonly method: string;
  readonly segments: readonly string[] | undefined;
  /** What a route key must be instead; undefined for a good one. */
  readonly problem?: string;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY'];

/** Takes a route key apart: `GET /orders/{id}`, `ANY /{proxy+}`, `$default`. */
export function parseRouteKey(routeKey: string): RouteKey {
  if (routeKey === '$default') return { method: 'ANY', segments: undefined };
  const [method = '', path = '', ...rest] = routeKey.split(' ');
  const segments = path.split('/').slice(1);
  const named = segments.slice(0, -1).some((segment) => segment.endsWith('+}'));
  if (!methods.includes(method) || !path.startsWith('/') || rest.length > 0 || named) {
    const problem = `$default, or one of ${methods.join(', ')} and a path, in which only the last part may be {proxy+}`;
    return { method, segments, problem };
  }
  return { method, segments };
}

/** A route that fits a request, and the values of its path variables, percent-decoded. */
export interface RouteMatch<Route> {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Chooses the route of a request: a full match goes before one with a greedy variable, and `$default` comes last. Among
 * those the more specific wins: a literal segment before a variable, the method itself before `ANY`, a longer greedy route
 * before a shorter one. Source: API Gateway Developer Guide, "Working with routes for HTTP APIs".
 *
 * @param path as the client sent it, percent-encoded, without stage and query
 * @param read makes the value of a path variable. Default: percent-decodes it
 */
export function matchRoute<Route extends { readonly routeKey: string }>(
  routes: readonly Route[],
  method: string,
  path: string,
  read: (text: string) => string = decoded,
): RouteMatch<Route> | undefined {
  const given = path.split('/').slice(1);
  let best: (RouteMatch<Route> & { readonly rank: readonly number[] }) | undefined;
  for (const route of routes) {
    const key = parseRouteKey(route.routeKey);
    if (key.method !== 'ANY' && key.method !== method) continue;
    const fit = key.segments === undefined ? { rank: [2], pathParameters: {} } : fitSegments(key.segments, given, read);
    if (fit === undefined) continue;
    const rank = [...fit.rank, key.method === 'ANY' ? 1 : 0];
    if (best === undefined || comesBefore(rank, best.rank)) best = { route, rank, pathParameters: fit.pathParameters };
  }
  return best;
}

interface Fit {
  /** The smaller, number by number, the better. */
  readonly rank: readonly number[];
  readonly pathParameters: Record<string, string>;
}

function fitSegments(
  segments: readonly string[],
  given: readonly string[],
  read: (text: string) => string,
): Fit | undefined {
  const greedy = /^\{([^}]+)\+\}$/.exec(segments.at(-1) ?? '')?.[1];
  const fixed = greedy === undefined ? segments : segments.slice(0, -1);
  const rest = given.slice(fixed.length).join('/');
  if (greedy === undefined ? segments.length !== given.length : given.length < fixed.length || rest === '')
    return undefined;
  const pathParameters: Record<string, string> = {};
  const rank = [greedy === undefined ? 0 : 1];
  for (const [index, segment] of fixed.entries()) {
    const actual = given[index] ?? '';
    const variable = /^\{([^}]+)\}$/.exec(segment)?.[1];
    if (variable === undefined) {
      if (decoded(actual) !== decoded(segment)) return undefined;
    } else if (actual === '') return undefined;
    else pathParameters[variable] = read(actual);
    rank.push(variable === undefined ? 0 : 1);
  }
  if (greedy !== undefined) {
    pathParameters[greedy] = read(rest);
    rank.push(2);
  }
  return { rank, pathParameters };
}

function comesBefore(one: readonly number[], other: readonly number[]): boolean {
  for (const [index, number] of one.entries()) {
    const difference = number - (other[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Percent-decoded; a text that is not valid percent-encoding stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
