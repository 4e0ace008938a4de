import type { JsonObject } from '../../assembly/json.ts';
import {
  byName,
  clfTime,
  forwardedHeaders,
  type GatewayRequest,
  headerValue,
  queryParameters,
} from './gateway-request.ts';
import { decoded } from './route-key.ts';

/** What API Gateway has found out about a request when it invokes the function. */
export interface Routed {
  readonly accountId: string;
  readonly apiId: string;
  readonly routeKey: string;
  readonly stage: string;
  /** As the client wrote it, with the stage if it is not `$default`; percent-encoded. */
  readonly stagePath: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly requestId: string;
  /** `requestContext.authorizer`. */
  readonly authorizer?: JsonObject;
}

/**
 * The event of payload format 2.0 for a Lambda proxy integration. What is not there is left out. The path of an HTTP API
 * is percent-decoded, the query is not. Sources: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for
 * HTTP APIs"; an event that HTTP APIs made (github.com/hotsock/voker, vokerhttp/testdata/apigwv2-request.json).
 */
export function payloadV2(request: GatewayRequest, routed: Routed): JsonObject {
  const path = decoded(routed.stagePath);
  return {
    version: '2.0',
    routeKey: routed.routeKey,
    rawPath: path,
    rawQueryString: request.rawQuery,
    ...cookiesOf(request),
    headers: joinedHeaders(request, (name) => name !== 'cookie'),
    ...queryOf(request),
    requestContext: {
      accountId: routed.accountId,
      apiId: routed.apiId,
      ...(routed.authorizer !== undefined && { authorizer: routed.authorizer }),
      ...placeOf(request),
      http: httpOf(request, path),
      requestId: routed.requestId,
      routeKey: routed.routeKey,
      stage: routed.stage,
      ...timeOf(request),
    },
    ...(isEmpty(routed.pathParameters) ? {} : { pathParameters: routed.pathParameters }),
    ...bodyOf(request),
    ...(isEmpty(routed.stageVariables) ? {} : { stageVariables: routed.stageVariables }),
  };
}

/** What an event has of the request itself. */
export function placeOf({ domainName, domainPrefix }: GatewayRequest): JsonObject {
  return { domainName, domainPrefix };
}

export function httpOf(request: GatewayRequest, path: string): JsonObject {
  const { method, protocol, sourceIp } = request;
  return { method, path, protocol, sourceIp, userAgent: headerValue(request, 'user-agent') ?? '' };
}

export function timeOf({ receivedAtMs }: GatewayRequest): JsonObject {
  return { time: clfTime(receivedAtMs), timeEpoch: receivedAtMs };
}

/** Each cookie by itself. */
export function cookiesOf(request: GatewayRequest): { cookies?: string[] } {
  const header = headerValue(request, 'cookie');
  return header === undefined ? {} : { cookies: header.split(/[;,]\s*/).filter((cookie) => cookie !== '') };
}

/** Names in lower case, several values joined by commas. */
export function joinedHeaders(request: GatewayRequest, isWanted: (name: string) => boolean): Record<string, string> {
  const headers = forwardedHeaders(request).map(([name, value]) => [name.toLowerCase(), value] as const);
  const wanted = headers.filter(([name]) => isWanted(name)).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries([...byName(wanted)].map(([name, values]) => [name, values.join(',')]));
}

export function queryOf(request: GatewayRequest): { queryStringParameters?: Record<string, string> } {
  const query = byName(queryParameters(request));
  if (query.size === 0) return {};
  return { queryStringParameters: Object.fromEntries([...query].map(([name, values]) => [name, values.join(',')])) };
}

/** The body as text, or in Base64 where its content type is not one of text. */
export function bodyOf(request: GatewayRequest): { body?: string; isBase64Encoded: boolean } {
  const { body } = request;
  if (body.length === 0) return { isBase64Encoded: false };
  const isBase64Encoded = !isText(request);
  return { body: body.toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded };
}

const textTypes = new Set(['application/json', 'application/xml', 'application/javascript']);

/**
 * AWS names no list of its text types. Tried out on AWS: text and these three are text; all else is not, form data and a
 * request without a content type included (github.com/ministackorg/ministack, pull request 766). What is compressed is
 * not text either.
 */
function isText(request: GatewayRequest): boolean {
  const encoding = headerValue(request, 'content-encoding') ?? 'identity';
  const [type = ''] = (headerValue(request, 'content-type') ?? '').toLowerCase().split(';');
  return encoding === 'identity' && (type.trim().startsWith('text/') || textTypes.has(type.trim()));
}

export function isEmpty(values: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(values).length === 0;
}
