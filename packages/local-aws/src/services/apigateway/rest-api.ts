import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../assembly/json.ts';
import { recorded, type RequestFacts } from './context-variables.ts';
import { type GatewayAnswer, GatewayError } from './gateway-answer.ts';
import { type GatewayRequest, headerValue } from './gateway-request.ts';
import type { GatewayParts } from './http-api.ts';
import { authorizeByIam, iamContext } from './iam-authorization.ts';
import { answerOfV1 } from './lambda-answer.ts';
import { callFunction, type FunctionCall, withStageVariables } from './lambda-integration.ts';
import type { RestApiModel, RestRouteModel, RestStageModel } from './model.ts';
import { isBinary, restPayload, type RestRouted } from './payload-rest.ts';
import { tellServed } from './request-log.ts';
import { matchRoute, type RouteMatch } from './route-key.ts';

/** Serves one request to a REST API. Never throws. */
export async function serveRestApi(
  api: RestApiModel,
  request: GatewayRequest,
  parts: GatewayParts,
): Promise<GatewayAnswer> {
  const requestId = randomUUID();
  const extendedRequestId = parts.newRequestId();
  const { accountId } = parts;
  const facts: RequestFacts = { request, accountId, apiId: api.id, requestId, extendedRequestId, path: request.path };
  const [, stageName = '', ...rest] = request.path.split('/');
  const stage = api.stages.find(({ name }) => name === stageName);
  let reason: string | undefined;
  let answer: GatewayAnswer;
  try {
    if (stage === undefined || !api.hasOwnAddress) throw new GatewayError(403, 'Forbidden');
    facts.stage = stage.name;
    answer = await answerOf(api, stage, `/${rest.join('/')}`, facts, parts);
  } catch (error) {
    const failure = restFailure(error);
    reason = failure.reason;
    facts.errorText = failure.text;
    facts.errorType = failure.responseType;
    answer = failure.answer;
  }
  tellServed(parts, api.name, facts, answer, { accessLog: stage?.accessLog, reason });
  const ids: [string, string][] = [
    ['x-amzn-requestid', requestId],
    ['x-amz-apigw-id', extendedRequestId],
  ];
  return { ...answer, headers: [...answer.headers, ...ids] };
}

async function answerOf(
  api: RestApiModel,
  stage: RestStageModel,
  path: string,
  facts: RequestFacts,
  parts: GatewayParts,
): Promise<GatewayAnswer> {
  const { request } = facts;
  // A slash at the end makes no difference.
  const match = matchRoute(api.routes, request.method, path.replace(/(.)\/$/, '$1'), (text) => text);
  if (match === undefined) throw new GatewayError(403, 'Missing Authentication Token');
  const { routeKey, method } = match.route;
  facts.routeKey = routeKey;
  if (!parts.throttling.admits(api.id, stage, routeKey)) throw new GatewayError(429, 'Too Many Requests');
  const authorizer = authorize(api, stage, path, match, facts, parts);
  const routed: RestRouted = {
    accountId: facts.accountId,
    apiId: api.id,
    deploymentId: stage.deploymentId,
    stage: stage.name,
    path,
    resourceId: method.resourceId,
    resourcePath: routeKey.split(' ').at(-1) ?? '',
    pathParameters: match.pathParameters,
    stageVariables: stage.variables,
    requestId: facts.requestId,
    extendedRequestId: facts.extendedRequestId ?? '',
    binaryMediaTypes: api.binaryMediaTypes,
    ...(authorizer === undefined ? {} : { authorizer }),
  };
  const integration = {};
  facts.integration = integration;
  const { credentialsArn } = method;
  const sourceArn = `${executionArn(api, stage, parts)}/${request.method}${routed.resourcePath}`;
  const call: FunctionCall = {
    uri: withStageVariables(method.uri, stage.variables),
    event: restPayload(request, routed),
    timeoutMs: method.timeoutMs,
    traceHeader: request.traceHeader,
    as: credentialsArn === undefined ? { sourceArn } : { roleArn: credentialsArn },
    answerOf: (payload) =>
      answerOfV1(payload, {
        defaultContentType: 'application/json',
        isStrict: true,
        decodesBase64: isBinary(headerValue(request, 'accept'), api.binaryMediaTypes),
      }),
    facts: integration,
  };
  return recorded(integration, parts.clock, () => callFunction(call, parts));
}

function executionArn(api: RestApiModel, stage: RestStageModel, { region, accountId }: GatewayParts): string {
  return `arn:aws:execute-api:${region}:${accountId}:${api.id}/${stage.name}`;
}

function authorize(
  api: RestApiModel,
  stage: RestStageModel,
  path: string,
  { route }: RouteMatch<RestRouteModel>,
  facts: RequestFacts,
  parts: GatewayParts,
): JsonObject | undefined {
  if (route.method.authorizationType === 'NONE') return undefined;
  const resource = `${executionArn(api, stage, parts)}/${facts.request.method}${path}`;
  const identity = authorizeByIam(facts.request, 'execute-api', { action: 'execute-api:Invoke', resource }, parts);
  facts.identity = identity;
  return { iam: iamContext(identity) };
}

interface RestFailure {
  readonly answer: GatewayAnswer;
  readonly text: string;
  readonly reason: string | undefined;
  readonly responseType: string;
}

/**
 * A failure in the words of REST APIs. An error of the function, or an answer that is malformed, is a 502 (recorded by
 * LocalStack); a timeout is a 504. Source: API Gateway Developer Guide, "Gateway response types for API Gateway".
 */
function restFailure(error: unknown): RestFailure {
  const known = error instanceof GatewayError ? error : undefined;
  const reason = known?.reason ?? (known === undefined ? String((error as Error).stack ?? error) : undefined);
  const [status, text, code, responseType] = restWords(known);
  // A denial of IAM has its member in upper case, and its reason is for the caller.
  const isDenial = responseType === 'ACCESS_DENIED';
  const member = isDenial ? 'Message' : 'message';
  const body = Buffer.from(`{"${member}":${status >= 500 || status === 413 ? ' ' : ''}${JSON.stringify(text)}}`);
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['x-amzn-errortype', code],
  ];
  return { answer: { status, headers, body }, text, reason, responseType };
}

type Words = readonly [status: number, text: string, code: string, responseType: string];

function restWords(known: GatewayError | undefined): Words {
  switch (known?.status) {
    case 403:
      return wordsOf403(known);
    case 413:
      return [413, 'Request Too Long', 'BadRequestException', 'REQUEST_TOO_LARGE'];
    case 429:
      return [429, 'Too Many Requests', 'TooManyRequestsException', 'THROTTLED'];
    case 503:
      return known.isTimeout
        ? [504, 'Endpoint request timed out', 'InternalServerErrorException', 'INTEGRATION_TIMEOUT']
        : [500, 'Internal server error', 'InternalServerErrorException', 'INTEGRATION_FAILURE'];
    default: {
      const status = known?.isOfFunction === true ? 502 : 500;
      return [status, 'Internal server error', 'InternalServerErrorException', 'DEFAULT_5XX'];
    }
  }
}

function wordsOf403({ text, reason }: GatewayError): Words {
  if (text === 'Missing Authentication Token' || reason === 'The request is not signed.') {
    const words = 'Missing Authentication Token';
    return [403, words, 'MissingAuthenticationTokenException', 'MISSING_AUTHENTICATION_TOKEN'];
  }
  if (reason === undefined) return [403, 'Forbidden', 'ForbiddenException', 'DEFAULT_4XX'];
  return [403, reason, 'AccessDeniedException', 'ACCESS_DENIED'];
}
