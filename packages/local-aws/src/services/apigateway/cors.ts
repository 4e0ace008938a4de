import type { GatewayAnswer } from './gateway-answer.ts';
import { type GatewayRequest, headerValue } from './gateway-request.ts';
import type { CorsConfiguration } from '../lambda/model.ts';

/** Whether a browser asks beforehand what it may send (Fetch Standard, "CORS-preflight fetch"). */
export function isPreflight(request: GatewayRequest): boolean {
  return (
    request.method === 'OPTIONS' &&
    headerValue(request, 'origin') !== undefined &&
    headerValue(request, 'access-control-request-method') !== undefined
  );
}

/** API Gateway's own answer to a preflight. Without the headers for a page that may not. */
export function preflightAnswer(cors: CorsConfiguration, request: GatewayRequest): GatewayAnswer {
  const allowed = allowedOrigin(cors, headerValue(request, 'origin'));
  const headers: [string, string][] =
    allowed === undefined
      ? []
      : [
          ['access-control-allow-origin', allowed],
          ...listHeader('access-control-allow-methods', cors.allowMethods),
          ...listHeader('access-control-allow-headers', cors.allowHeaders),
          ...(cors.maxAgeSeconds === undefined
            ? []
            : [['access-control-max-age', String(cors.maxAgeSeconds)] as [string, string]]),
          ...credentials(cors),
        ];
  return { status: 204, headers, body: Buffer.alloc(0) };
}

/**
 * The answer of an integration with the headers of the configuration. The integration's own CORS headers are dropped.
 * Source: API Gateway Developer Guide, "Configure CORS for HTTP APIs".
 */
export function withCors(answer: GatewayAnswer, cors: CorsConfiguration, request: GatewayRequest): GatewayAnswer {
  const others = answer.headers.filter(([name]) => !name.toLowerCase().startsWith('access-control-'));
  const allowed = allowedOrigin(cors, headerValue(request, 'origin'));
  if (allowed === undefined) return { ...answer, headers: others };
  const own: [string, string][] = [
    ['access-control-allow-origin', allowed],
    ...listHeader('access-control-expose-headers', cors.exposeHeaders),
    ...credentials(cors),
  ];
  return { ...answer, headers: [...others, ...own] };
}

/** What `access-control-allow-origin` says: the origin itself, or `*`. Undefined for a page that may not. */
function allowedOrigin({ allowOrigins }: CorsConfiguration, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  if (allowOrigins.includes('*')) return '*';
  return allowOrigins.some((allowed) => allows(allowed, origin)) ? origin : undefined;
}

/** An origin, or all of a scheme: `https://*`. */
function allows(allowed: string, origin: string): boolean {
  return allowed.endsWith('://*') ? origin.startsWith(allowed.slice(0, -1)) : allowed === origin;
}

/** Whether the configuration names the origin itself, and not only by a wildcard. */
export function namesOrigin(cors: CorsConfiguration | undefined, origin: string): boolean {
  return cors?.allowOrigins.includes(origin) === true && !origin.includes('*');
}

function listHeader(name: string, values: readonly string[]): [string, string][] {
  return values.length === 0 ? [] : [[name, values.join(',')]];
}

function credentials({ allowCredentials }: CorsConfiguration): [string, string][] {
  return allowCredentials ? [['access-control-allow-credentials', 'true']] : [];
}
