import type { JsonObject } from '../../assembly/json.ts';
import type { Clock } from '../../clock.ts';
import type { EventStream } from '../../events.ts';
import type { IamModel } from '../iam/model.ts';
import type { LambdaService } from '../lambda/functions.ts';
import type { LogsService } from '../logs/service.ts';
import type { EventBridgeService } from '../eventbridge/service.ts';
import type { SqsService } from '../sqs/service.ts';
import { contextVariables, recorded, type RequestFacts } from './context-variables.ts';
import { isPreflight, preflightAnswer, withCors } from './cors.ts';
import { answerHeader, errorAnswer, type GatewayAnswer, GatewayError } from './gateway-answer.ts';
import type { GatewayRequest } from './gateway-request.ts';
import { authorizeByIam, iamContext, type IamParts } from './iam-authorization.ts';
import type { JwtVerifier } from './jwt.ts';
import { answerOfV1, answerOfV2, httpApiRules } from './lambda-answer.ts';
import { callFunction, type FunctionCall, withStageVariables } from './lambda-integration.ts';
import type { HttpApiModel, IntegrationModel, LambdaIntegrationModel, RouteModel, StageModel } from './model.ts';
import { payloadV1 } from './payload-v1.ts';
import { payloadV2, type Routed } from './payload-v2.ts';
import { tellServed } from './request-log.ts';
import { matchRoute, type RouteMatch } from './route-key.ts';
import { callService } from './service-integration.ts';
import type { Throttling } from './throttling.ts';

/** What APIs are served with. */
export interface GatewayParts extends IamParts, IamModel {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  readonly functions: LambdaService;
  readonly sqs: SqsService;
  readonly eventBridge: EventBridgeService;
  readonly logs: LogsService;
  readonly throttling: Throttling;
  readonly jwt: JwtVerifier;
  /** A request id as API Gateway makes them: `JKJaXmPLvHcESHA=`. */
  readonly newRequestId: () => string;
}

/** Serves one request to an HTTP API: stage, route, authorization, integration, access log. Never throws. */
export async function serveHttpApi(
  api: HttpApiModel,
  request: GatewayRequest,
  parts: GatewayParts,
  signal: AbortSignal,
): Promise<GatewayAnswer> {
  const { accountId } = parts;
  const requestId = parts.newRequestId();
  const facts: RequestFacts = { request, accountId, apiId: api.id, requestId, path: request.path };
  const { stage, path } = chooseStage(api, request.path);
  if (stage !== undefined) facts.stage = stage.name;
  let reason: string | undefined;
  let answer: GatewayAnswer;
  try {
    answer = await new HttpApiRequest(api, stage, path, facts, parts, signal).serve();
  } catch (error) {
    const failure = error instanceof GatewayError ? error : unforeseen(error);
    reason = failure.reason;
    facts.errorText = failure.text;
    facts.errorType = responseTypes[failure.status] ?? 'INTEGRATION_FAILURE';
    answer = errorAnswer(failure);
  }
  if (api.cors !== undefined && !isPreflight(request)) answer = withCors(answer, api.cors, request);
  tellServed(parts, api.name, facts, answer, { accessLog: stage?.accessLog, reason });
  const hasId = answerHeader(answer, 'apigw-requestid') !== undefined;
  return hasId ? answer : { ...answer, headers: [...answer.headers, ['apigw-requestid', requestId]] };
}

/** Names of gateway responses, for access logs (API Gateway Developer Guide, "Gateway response types"). */
const responseTypes: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'ACCESS_DENIED',
  404: 'NOT_FOUND',
  413: 'REQUEST_TOO_LARGE',
  429: 'THROTTLED',
  503: 'INTEGRATION_TIMEOUT',
};

function unforeseen(error: unknown): GatewayError {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new GatewayError(500, 'Internal Server Error', reason);
}

/**
 * A stage whose name is the first part of the path goes before `$default`. Source: API Gateway Developer Guide, "Working
 * with routes for HTTP APIs".
 */
function chooseStage(api: HttpApiModel, fullPath: string): { stage: StageModel | undefined; path: string } {
  const [, first = '', ...rest] = fullPath.split('/');
  const named = first === '$default' ? undefined : api.stages.find(({ name }) => name === first);
  if (named !== undefined) return { stage: named, path: `/${rest.join('/')}` };
  return { stage: api.stages.find(({ name }) => name === '$default'), path: fullPath };
}

class HttpApiRequest {
  readonly #api: HttpApiModel;
  readonly #stage: StageModel | undefined;
  /** Without the name of the stage. */
  readonly #path: string;
  readonly #facts: RequestFacts;
  readonly #parts: GatewayParts;
  readonly #signal: AbortSignal;

  constructor(
    api: HttpApiModel,
    stage: StageModel | undefined,
    path: string,
    facts: RequestFacts,
    parts: GatewayParts,
    signal: AbortSignal,
  ) {
    this.#api = api;
    this.#stage = stage;
    this.#path = path;
    this.#facts = facts;
    this.#parts = parts;
    this.#signal = signal;
  }

  async serve(): Promise<GatewayAnswer> {
    const { request } = this.#facts;
    const stage = this.#stage;
    if (stage === undefined || !this.#api.hasOwnAddress) throw new GatewayError(404, 'Not Found');
    const match = matchRoute(this.#api.routes, request.method, this.#path);
    if (match === undefined) {
      if (this.#api.cors !== undefined && isPreflight(request)) return preflightAnswer(this.#api.cors, request);
      throw new GatewayError(404, 'Not Found');
    }
    const { route, pathParameters } = match;
    this.#facts.routeKey = route.routeKey;
    if (!this.#parts.throttling.admits(this.#api.id, stage, route.routeKey)) {
      throw new GatewayError(429, 'Too Many Requests');
    }
    const authorizer = await this.#authorize(route);
    if (this.#api.cors !== undefined && isPreflight(request)) return preflightAnswer(this.#api.cors, request);
    const integration = this.#api.integrations.find(({ id }) => id === route.integrationId);
    if (integration === undefined)
      throw new GatewayError(500, 'Internal Server Error', 'The route has no integration.');
    return this.#integrate(integration, { route, pathParameters }, stage, authorizer);
  }

  /** What the event has as `requestContext.authorizer`. Undefined where everybody may. */
  async #authorize({ authorization }: RouteModel): Promise<JsonObject | undefined> {
    const { request, stage } = this.#facts;
    if (authorization.type === 'NONE') return undefined;
    if (authorization.type === 'AWS_IAM') {
      const resource = `${this.#executionArn()}/${stage}/${request.method}${this.#path}`;
      const needed = { action: 'execute-api:Invoke', resource };
      const identity = authorizeByIam(request, 'execute-api', needed, this.#parts);
      this.#facts.identity = identity;
      return { iam: iamContext(identity) };
    }
    const { authorizerId, scopes } = authorization;
    const authorizer = this.#api.authorizers.find(({ id }) => id === authorizerId);
    if (authorizer === undefined) throw new GatewayError(500, 'Internal Server Error', 'The route has no authorizer.');
    const verdict = await this.#parts.jwt.verify(authorizer, scopes, request);
    if ('refusal' in verdict) {
      this.#facts.authorizerError = verdict.refusal.reason ?? verdict.refusal.text;
      throw verdict.refusal;
    }
    this.#facts.claims = verdict.claims;
    return { jwt: { claims: verdict.claims, scopes: verdict.scopes } };
  }

  #executionArn(): string {
    const { region, accountId } = this.#parts;
    return `arn:aws:execute-api:${region}:${accountId}:${this.#api.id}`;
  }

  async #integrate(
    integration: IntegrationModel,
    { route, pathParameters }: RouteMatch<RouteModel>,
    stage: StageModel,
    authorizer: JsonObject | undefined,
  ): Promise<GatewayAnswer> {
    const { request, accountId, apiId, requestId } = this.#facts;
    const facts = {};
    this.#facts.integration = facts;
    if (integration.kind === 'service') {
      const context = contextVariables(this.#facts);
      const sources = {
        request: { ...request, path: this.#path },
        pathParameters,
        stageVariables: stage.variables,
        context,
      };
      const how = { ...this.#parts, signal: this.#signal, requestId: crypto.randomUUID() };
      return recorded(facts, this.#parts.clock, () => callService(integration, sources, how));
    }
    const routed: Routed = {
      accountId,
      apiId,
      routeKey: route.routeKey,
      stage: stage.name,
      stagePath: request.path,
      pathParameters,
      stageVariables: stage.variables,
      requestId,
      ...(authorizer === undefined ? {} : { authorizer }),
    };
    const isV2 = integration.payloadFormatVersion === '2.0';
    const call: FunctionCall = {
      uri: withStageVariables(integration.uri, stage.variables),
      event: isV2 ? payloadV2(request, routed) : payloadV1(request, routed),
      timeoutMs: integration.timeoutMs,
      traceHeader: request.traceHeader,
      as: this.#invoker(integration, route, stage),
      answerOf: (payload) =>
        isV2
          ? answerOfV2(payload, httpApiRules)
          : answerOfV1(payload, { ...httpApiRules, decodesBase64: true, isStrict: false }),
      facts,
    };
    return recorded(facts, this.#parts.clock, () => callFunction(call, this.#parts));
  }

  /**
   * As whom API Gateway invokes the function. The ARN has the method of the request and the route's own path, with its
   * variables, as the permissions that the CDK makes.
   */
  #invoker({ credentialsArn }: LambdaIntegrationModel, { routeKey }: RouteModel, { name: stage }: StageModel) {
    if (credentialsArn !== undefined) return { roleArn: credentialsArn };
    const start = `${this.#executionArn()}/${stage}`;
    if (routeKey === '$default') return { sourceArn: `${start}/$default` };
    return { sourceArn: `${start}/${this.#facts.request.method}${routeKey.split(' ').at(-1)}` };
  }
}
