import type { JsonObject } from '../../assembly/json.ts';
import {
  byName,
  clfTime,
  forwardedHeaders,
  type GatewayRequest,
  headerValue,
  queryParameters,
} from './gateway-request.ts';
import { bodyOf, isEmpty, placeOf, type Routed } from './payload-v2.ts';
import { decoded } from './route-key.ts';

/**
 * The event of payload format 1.0 for a Lambda proxy integration of an HTTP API. What is not there is null. Source: API
 * Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs".
 */
export function payloadV1(request: GatewayRequest, routed: Routed): JsonObject {
  const path = decoded(routed.stagePath);
  const resource = routed.routeKey.split(' ').at(-1) ?? '';
  const headers = byName(forwardedHeaders(request).map(([name, value]) => [name.toLowerCase(), value] as const));
  return {
    version: '1.0',
    resource,
    path,
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: Object.fromEntries(headers),
    ...queryOfV1(request),
    requestContext: {
      accountId: routed.accountId,
      apiId: routed.apiId,
      authorizer: authorizerOf(routed),
      ...placeOf(request),
      extendedRequestId: routed.requestId,
      httpMethod: request.method,
      identity: identityOf(request, routed),
      path,
      protocol: request.protocol,
      requestId: routed.requestId,
      requestTime: clfTime(request.receivedAtMs),
      requestTimeEpoch: request.receivedAtMs,
      resourceId: routed.routeKey,
      resourcePath: resource,
      stage: routed.stage,
    },
    pathParameters: orNull(routed.pathParameters),
    stageVariables: orNull(routed.stageVariables),
    ...bodyOfV1(request),
  };
}

/** Format 1.0 has the claims themselves where format 2.0 has `jwt`. */
function authorizerOf({ authorizer = {} }: Routed): JsonObject {
  const { claims = null, scopes = null } = (authorizer['jwt'] ?? {}) as JsonObject;
  return { claims, scopes };
}

/** Who called; null for what is not known. */
export function identityOf(request: GatewayRequest, { authorizer = {} }: Pick<Routed, 'authorizer'>): JsonObject {
  const iam = (authorizer['iam'] ?? {}) as JsonObject;
  return {
    accessKey: iam['accessKey'] ?? null,
    accountId: iam['accountId'] ?? null,
    caller: iam['callerId'] ?? null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: request.sourceIp,
    user: iam['userId'] ?? null,
    userAgent: headerValue(request, 'user-agent') ?? null,
    userArn: iam['userArn'] ?? null,
  };
}

export function queryOfV1(request: GatewayRequest): JsonObject {
  const query = byName(queryParameters(request));
  if (query.size === 0) return { queryStringParameters: null, multiValueQueryStringParameters: null };
  return { queryStringParameters: lastValues(query), multiValueQueryStringParameters: Object.fromEntries(query) };
}

export function bodyOfV1(request: GatewayRequest): JsonObject {
  const { body = null, isBase64Encoded } = bodyOf(request);
  return { body, isBase64Encoded };
}

/** Where there are several, the last one (seen on AWS: github.com/hotsock/voker, apigwv1-request.json). */
export function lastValues(values: ReadonlyMap<string, readonly string[]>): Record<string, string> {
  return Object.fromEntries([...values].map(([name, all]) => [name, all.at(-1) ?? '']));
}

export function orNull(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  return isEmpty(values) ? null : values;
}
