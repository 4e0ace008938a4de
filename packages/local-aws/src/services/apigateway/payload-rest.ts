import type { JsonObject } from '../../assembly/json.ts';
import { byName, clfTime, forwardedHeaders, type GatewayRequest, headerValue } from './gateway-request.ts';
import { identityOf, lastValues, orNull, queryOfV1 } from './payload-v1.ts';
import { placeOf } from './payload-v2.ts';

/** What a REST API has found out about a request. */
export interface RestRouted {
  readonly accountId: string;
  readonly apiId: string;
  readonly deploymentId: string;
  readonly stage: string;
  /** Without the stage, percent-encoded. */
  readonly path: string;
  readonly resourceId: string;
  /** `/orders/{id}`. */
  readonly resourcePath: string;
  /** As the path has them, percent-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly binaryMediaTypes: readonly string[];
  readonly authorizer?: JsonObject;
}

/** Header names that API Gateway writes its own way, whatever the client wrote. */
const ownNames: Readonly<Record<string, string>> = { host: 'Host', 'user-agent': 'User-Agent' };

/**
 * The event of a REST API for a Lambda proxy integration. Sources: recorded by LocalStack (test_lambda_aws_proxy_integration);
 * an event that AWS made (github.com/hotsock/voker, vokerhttp/testdata/apigwv1-request.json).
 */
export function restPayload(request: GatewayRequest, routed: RestRouted): JsonObject {
  const named = forwardedHeaders(request)
    .filter(([name]) => name.toLowerCase() !== 'content-length')
    .map(([name, value]) => [ownNames[name.toLowerCase()] ?? name, value] as const);
  const headers = byName(named);
  return {
    resource: routed.resourcePath,
    path: routed.path,
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: Object.fromEntries(headers),
    ...queryOfV1(request),
    pathParameters: orNull(routed.pathParameters),
    stageVariables: orNull(routed.stageVariables),
    requestContext: {
      resourceId: routed.resourceId,
      resourcePath: routed.resourcePath,
      httpMethod: request.method,
      extendedRequestId: routed.extendedRequestId,
      requestTime: clfTime(request.receivedAtMs),
      path: `/${routed.stage}${routed.path}`,
      accountId: routed.accountId,
      protocol: request.protocol,
      stage: routed.stage,
      ...placeOf(request),
      requestTimeEpoch: request.receivedAtMs,
      requestId: routed.requestId,
      identity: identityOf(request, routed),
      deploymentId: routed.deploymentId,
      apiId: routed.apiId,
    },
    ...bodyOf(request, routed.binaryMediaTypes),
  };
}

function bodyOf(request: GatewayRequest, binaryMediaTypes: readonly string[]): JsonObject {
  if (request.body.length === 0) return { body: null, isBase64Encoded: false };
  const isBase64Encoded = isBinary(headerValue(request, 'content-type'), binaryMediaTypes);
  return { body: request.body.toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded };
}

/**
 * Whether a media type is one of the API's binary ones: itself, `image/*`, or all. Of an `Accept` header the first type
 * counts. Source: API Gateway Developer Guide, "Content type conversions in API Gateway".
 */
export function isBinary(header: string | undefined, binaryMediaTypes: readonly string[]): boolean {
  if (binaryMediaTypes.includes('*/*')) return true;
  const [first = ''] = (header ?? '').toLowerCase().split(/[;,]/);
  const type = first.trim();
  return binaryMediaTypes.some((binary) =>
    binary.endsWith('/*') ? type.startsWith(binary.slice(0, -1)) : type === binary.toLowerCase(),
  );
}
