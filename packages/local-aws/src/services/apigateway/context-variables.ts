import type { JsonObject } from '../../assembly/json.ts';
import type { Clock } from '../../clock.ts';
import { type GatewayAnswer, GatewayError } from './gateway-answer.ts';
import { clfTime, type GatewayRequest, headerValue } from './gateway-request.ts';
import type { Identity } from './iam-authorization.ts';

/** What is known of a request while it is served, and at its end. */
export interface RequestFacts {
  readonly request: GatewayRequest;
  readonly accountId: string;
  readonly apiId: string;
  readonly requestId: string;
  /** Of REST APIs, which have two ids. */
  readonly extendedRequestId?: string;
  readonly path: string;
  stage?: string;
  routeKey?: string;
  claims?: JsonObject;
  identity?: Identity;
  authorizerError?: string;
  integration?: IntegrationFacts;
  /** Of an answer of API Gateway's own. */
  errorText?: string;
  errorType?: string;
}

/** What became of the call of the integration. */
export interface IntegrationFacts {
  /** That of the call itself: 200 for a function that answers, whatever its `statusCode`. */
  status?: number;
  /** What the function or the service answers to the client. */
  answeredStatus?: number;
  error?: string;
  latencyMs?: number;
  requestId?: string;
}

/** Calls an integration, and takes down what became of the call. */
export async function recorded(
  facts: IntegrationFacts,
  clock: Pick<Clock, 'now'>,
  call: () => Promise<GatewayAnswer>,
): Promise<GatewayAnswer> {
  const startedAtMs = clock.now();
  try {
    const answer = await call();
    facts.answeredStatus = answer.status;
    return answer;
  } catch (error) {
    if (error instanceof GatewayError) facts.error = error.integrationMessage ?? error.text;
    throw error;
  } finally {
    facts.latencyMs = clock.now() - startedAtMs;
  }
}

/** The answer, once it is known. */
export interface AnswerFacts {
  readonly status: number;
  readonly length: number;
  readonly latencyMs: number;
}

/**
 * The `$context` variables of a request, by their names without `$context.`. Source: API Gateway Developer Guide,
 * "Customize HTTP API access logs".
 */
export function contextVariables(facts: RequestFacts, answer?: AnswerFacts): Record<string, string | undefined> {
  const { request, claims = {}, identity, integration = {} } = facts;
  const ofClaims = Object.entries(claims).map(([name, value]) => [`authorizer.claims.${name}`, String(value)]);
  return {
    accountId: facts.accountId,
    apiId: facts.apiId,
    'authorizer.error': facts.authorizerError,
    ...(Object.fromEntries(ofClaims) as Record<string, string>),
    awsEndpointRequestId: integration.requestId,
    dataProcessed: number(request.body.length + (answer?.length ?? 0)),
    domainName: request.domainName,
    domainPrefix: request.domainPrefix,
    'error.message': facts.errorText,
    'error.messageString': facts.errorText === undefined ? undefined : JSON.stringify(facts.errorText),
    'error.responseType': facts.errorType,
    extendedRequestId: facts.extendedRequestId ?? facts.requestId,
    httpMethod: request.method,
    'identity.accountId': identity?.accountId,
    'identity.caller': identity?.callerId,
    'identity.sourceIp': request.sourceIp,
    'identity.user': identity?.userId,
    'identity.userAgent': headerValue(request, 'user-agent'),
    'identity.userArn': identity?.userArn,
    'integration.error': integration.error,
    'integration.integrationStatus': number(integration.status),
    'integration.latency': number(integration.latencyMs),
    'integration.requestId': integration.requestId,
    'integration.status': number(integration.answeredStatus),
    integrationErrorMessage: integration.error,
    integrationLatency: number(integration.latencyMs),
    integrationStatus: number(integration.status),
    path: facts.path,
    protocol: request.protocol,
    requestId: facts.requestId,
    requestTime: clfTime(request.receivedAtMs),
    requestTimeEpoch: String(request.receivedAtMs),
    responseLatency: number(answer?.latencyMs),
    responseLength: number(answer?.length),
    resourcePath: facts.routeKey?.split(' ').at(-1),
    routeKey: facts.routeKey,
    stage: facts.stage,
    status: number(answer?.status),
  };
}

function number(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** A line of an access log: its format with the values of the variables, and `-` for those that have none. */
export function accessLogLine(format: string, variables: Readonly<Record<string, string | undefined>>): string {
  return format.replaceAll(/\$context\.([\w-]+(?:\.[\w-]+)*)/g, (_whole, name: string) => variables[name] ?? '-');
}
