import { AwsError, type JsonObject, type RestRequest, type RestRoute, type RestService } from '../../endpoint/api.ts';
import { unservedRoutes } from '../../endpoint/unserved.ts';
import type { CorsConfiguration } from '../lambda/model.ts';
import type {
  ApiGatewayModel,
  HttpApiModel,
  IntegrationModel,
  RestApiModel,
  RouteModel,
  StageModel,
  Throttle,
} from './model.ts';

/** What the operations answer from. */
export interface Catalog {
  readonly model: () => ApiGatewayModel;
  readonly region: string;
  readonly accountId: string;
  /** When the APIs were made: the start of the runtime, or its last reload. */
  readonly changedAt: () => Date;
}

/**
 * API Gateway's own API, reading only: `/v2/apis` for HTTP APIs and `/restapis` for REST APIs. Addresses are those here.
 * Source: API Gateway API reference, versions 1 and 2.
 */
export function managementApi(catalog: Catalog): RestService {
  const read = (operation: string, path: string, run: (request: RestRequest) => JsonObject): RestRoute => ({
    operation,
    method: 'GET',
    path,
    permissions: ({ parameters }) => [
      { action: 'apigateway:GET', resource: `arn:aws:apigateway:${catalog.region}::${resourceOf(path, parameters)}` },
    ],
    run: (request) => ({ status: 200, body: run(request) }),
  });
  const part = (name: string, documents: (api: HttpApiModel) => JsonObject[]) =>
    read(`Get${name}`, `/v2/apis/{ApiId}/${name.toLowerCase()}`, (request) => ({
      items: documents(httpApi(catalog, request)),
    }));
  return {
    signingName: 'apigateway',
    routes: [
      read('GetApis', '/v2/apis', () => ({ items: catalog.model().httpApis.map((api) => apiDocument(api, catalog)) })),
      read('GetApi', '/v2/apis/{ApiId}', (request) => apiDocument(httpApi(catalog, request), catalog)),
      part('Routes', ({ routes }) => routes.map(routeDocument)),
      part('Integrations', ({ integrations }) => integrations.map(integrationDocument)),
      part('Stages', ({ stages }) => stages.map((stage) => stageDocument(stage, catalog))),
      part('Authorizers', ({ authorizers }) =>
        authorizers.map(({ id, name, identitySource, issuer, audience }) => ({
          authorizerId: id,
          authorizerType: 'JWT',
          identitySource: [identitySource],
          jwtConfiguration: { audience, issuer },
          name,
        })),
      ),
      read('GetRestApis', '/restapis', () => ({
        item: catalog.model().restApis.map((api) => restApiDocument(api, catalog)),
      })),
      read('GetRestApi', '/restapis/{ApiId}', (request) => restApiDocument(restApi(catalog, request), catalog)),
      ...unservedRoutes('apigateway', operations),
    ],
  };
}

/** `/apis/a1b2c3d4e5/routes`: as policies name what is read. */
function resourceOf(path: string, parameters: Readonly<Record<string, string>>): string {
  return path.replace('/v2', '').replaceAll(/\{(\w+)\}/g, (_whole, name: string) => parameters[name] ?? '');
}

function httpApi(catalog: Catalog, { parameters }: RestRequest): HttpApiModel {
  const api = catalog.model().httpApis.find(({ id }) => id === parameters['ApiId']);
  if (api !== undefined) return api;
  throw notFound(`${catalog.accountId}:${parameters['ApiId']}`);
}

function restApi(catalog: Catalog, { parameters }: RestRequest): RestApiModel {
  const api = catalog.model().restApis.find(({ id }) => id === parameters['ApiId']);
  if (api !== undefined) return api;
  throw notFound(`${catalog.accountId}:${parameters['ApiId']}`);
}

function notFound(name: string): AwsError {
  return new AwsError('NotFoundException', `Invalid API identifier specified ${name}`, { httpStatus: 404 });
}

function apiDocument({ id, name, url, description, cors, hasOwnAddress }: HttpApiModel, catalog: Catalog): JsonObject {
  return {
    apiEndpoint: url,
    apiId: id,
    apiKeySelectionExpression: '$request.header.x-api-key',
    ...(cors !== undefined && { corsConfiguration: corsDocument(cors) }),
    createdDate: catalog.changedAt().toISOString(),
    ...(description !== undefined && { description }),
    disableExecuteApiEndpoint: !hasOwnAddress,
    name,
    protocolType: 'HTTP',
    routeSelectionExpression: '$request.method $request.path',
    tags: {},
  };
}

function corsDocument(cors: CorsConfiguration): JsonObject {
  const { allowCredentials, allowHeaders, allowMethods, allowOrigins, exposeHeaders, maxAgeSeconds } = cors;
  const maxAge = maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds };
  return { allowCredentials, allowHeaders, allowMethods, allowOrigins, exposeHeaders, ...maxAge };
}

function routeDocument({ id, routeKey, integrationId, authorization }: RouteModel): JsonObject {
  return {
    apiKeyRequired: false,
    ...(authorization.type === 'JWT' && {
      authorizationScopes: authorization.scopes,
      authorizerId: authorization.authorizerId,
    }),
    authorizationType: authorization.type,
    routeId: id,
    routeKey,
    target: `integrations/${integrationId}`,
  };
}

function integrationDocument(integration: IntegrationModel): JsonObject {
  const { id, timeoutMs, description, credentialsArn } = integration;
  return {
    connectionType: 'INTERNET',
    ...(credentialsArn !== undefined && { credentialsArn }),
    ...(description !== undefined && { description }),
    integrationId: id,
    integrationType: 'AWS_PROXY',
    ...(integration.kind === 'lambda'
      ? {
          integrationMethod: 'POST',
          integrationUri: integration.uri,
          payloadFormatVersion: integration.payloadFormatVersion,
        }
      : {
          integrationSubtype: integration.subtype,
          payloadFormatVersion: '1.0',
          requestParameters: integration.requestParameters,
        }),
    timeoutInMillis: timeoutMs,
  };
}

function stageDocument(stage: StageModel, catalog: Catalog): JsonObject {
  const { name, autoDeploy, description, deploymentId, accessLog, variables } = stage;
  const { region, accountId } = catalog;
  return {
    ...(accessLog !== undefined && {
      accessLogSettings: {
        destinationArn: `arn:aws:logs:${region}:${accountId}:log-group:${accessLog.logGroupName}`,
        format: accessLog.format,
      },
    }),
    autoDeploy,
    createdDate: catalog.changedAt().toISOString(),
    defaultRouteSettings: throttleDocument(stage.defaultThrottle),
    ...(deploymentId !== undefined && { deploymentId }),
    ...(description !== undefined && { description }),
    lastUpdatedDate: catalog.changedAt().toISOString(),
    routeSettings: Object.fromEntries(
      Object.entries(stage.routeThrottles).map(([key, own]) => [key, throttleDocument(own)]),
    ),
    stageName: name,
    stageVariables: variables,
    tags: {},
  };
}

function throttleDocument({ burstLimit, rateLimit }: Throttle): JsonObject {
  return {
    detailedMetricsEnabled: false,
    ...(burstLimit !== undefined && { throttlingBurstLimit: burstLimit }),
    ...(rateLimit !== undefined && { throttlingRateLimit: rateLimit }),
  };
}

/** Dates of version 1 are seconds since the epoch. */
function restApiDocument(
  { id, name, description, rootResourceId, binaryMediaTypes, hasOwnAddress }: RestApiModel,
  catalog: Catalog,
): JsonObject {
  return {
    id,
    name,
    ...(description !== undefined && { description }),
    createdDate: Math.floor(catalog.changedAt().getTime() / 1000),
    ...(binaryMediaTypes.length > 0 && { binaryMediaTypes }),
    disableExecuteApiEndpoint: !hasOwnAddress,
    rootResourceId,
  };
}

/** Operations that are not here, as the API references name them: what changes an API is in the templates. */
const operations = `
  POST   /v2/apis CreateApi
  PATCH  /v2/apis/{ApiId} UpdateApi
  DELETE /v2/apis/{ApiId} DeleteApi
  PUT    /v2/apis ImportApi
  POST   /v2/apis/{ApiId}/routes CreateRoute
  GET    /v2/apis/{ApiId}/routes/{RouteId} GetRoute
  PATCH  /v2/apis/{ApiId}/routes/{RouteId} UpdateRoute
  DELETE /v2/apis/{ApiId}/routes/{RouteId} DeleteRoute
  POST   /v2/apis/{ApiId}/integrations CreateIntegration
  GET    /v2/apis/{ApiId}/integrations/{IntegrationId} GetIntegration
  PATCH  /v2/apis/{ApiId}/integrations/{IntegrationId} UpdateIntegration
  DELETE /v2/apis/{ApiId}/integrations/{IntegrationId} DeleteIntegration
  POST   /v2/apis/{ApiId}/stages CreateStage
  GET    /v2/apis/{ApiId}/stages/{StageName} GetStage
  PATCH  /v2/apis/{ApiId}/stages/{StageName} UpdateStage
  DELETE /v2/apis/{ApiId}/stages/{StageName} DeleteStage
  POST   /v2/apis/{ApiId}/deployments CreateDeployment
  GET    /v2/apis/{ApiId}/deployments GetDeployments
  POST   /v2/apis/{ApiId}/authorizers CreateAuthorizer
  GET    /v2/apis/{ApiId}/authorizers/{AuthorizerId} GetAuthorizer
  GET    /v2/domainnames GetDomainNames
  POST   /v2/domainnames CreateDomainName
  GET    /v2/vpclinks GetVpcLinks
  POST   /v2/vpclinks CreateVpcLink
  POST   /restapis CreateRestApi
  PATCH  /restapis/{ApiId} UpdateRestApi
  DELETE /restapis/{ApiId} DeleteRestApi
  GET    /restapis/{ApiId}/resources GetResources
  POST   /restapis/{ApiId}/resources/{ParentId} CreateResource
  GET    /restapis/{ApiId}/stages GetStages
  GET    /restapis/{ApiId}/deployments GetDeployments
  POST   /restapis/{ApiId}/deployments CreateDeployment
  GET    /account GetAccount
  GET    /apikeys GetApiKeys
  GET    /usageplans GetUsagePlans
`;
