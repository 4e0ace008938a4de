import type { Draft } from '../../assembly/draft.ts';
import { assemblyError, refusedByAws } from '../../assembly/error-codes.ts';
import type { ResourceTypes } from '../../assembly/resource-type.ts';
import { httpApiType } from './http-api-resource.ts';
import {
  type ApiGatewayModel,
  type DeclaredHttpApi,
  declaredAuthorizers,
  declaredHttpApis,
  declaredIntegrations,
  declaredRoutes,
  declaredStages,
  type HttpApiModel,
  type OfApi,
} from './model.ts';
import { restAccountType, restDeploymentType, restStageType } from './rest-stage-resources.ts';
import { restApiType, restMethodType, restResourceType } from './rest-api-resources.ts';
import { readRestApis } from './read-rest-apis.ts';
import { authorizerType, integrationType, routeType } from './route-resources.ts';
import { httpDeploymentType, httpStageType } from './stage-resources.ts';

/** API Gateway's resource types in templates. */
export const apiGatewayResourceTypes: ResourceTypes = {
  'AWS::ApiGateway::Account': restAccountType,
  'AWS::ApiGateway::Deployment': restDeploymentType,
  'AWS::ApiGateway::Method': restMethodType,
  'AWS::ApiGateway::Resource': restResourceType,
  'AWS::ApiGateway::RestApi': restApiType,
  'AWS::ApiGateway::Stage': restStageType,
  'AWS::ApiGatewayV2::Api': httpApiType,
  'AWS::ApiGatewayV2::Authorizer': authorizerType,
  'AWS::ApiGatewayV2::Deployment': httpDeploymentType,
  'AWS::ApiGatewayV2::Integration': integrationType,
  'AWS::ApiGatewayV2::Route': routeType,
  'AWS::ApiGatewayV2::Stage': httpStageType,
};

/** API Gateway's part of the model: each API with what belongs to it. Refuses what API Gateway would refuse. */
export function readApiGatewayModel(draft: Draft): ApiGatewayModel {
  const apis = draft.all(declaredHttpApis);
  refuseStray(
    [
      ...draft.all(declaredRoutes),
      ...draft.all(declaredIntegrations),
      ...draft.all(declaredAuthorizers),
      ...draft.all(declaredStages),
    ],
    apis,
  );
  const httpApis = apis.map((api) => withParts(api, draft));
  for (const api of httpApis) {
    checkRoutes(api);
    refuseSameStages(api);
  }
  return { httpApis, restApis: readRestApis(draft) };
}

/** Refuses what belongs to an API that is in no stack. */
function refuseStray(parts: readonly OfApi[], apis: readonly DeclaredHttpApi[]): void {
  const stray = parts.find(({ apiId }) => !apis.some(({ id }) => id === apiId));
  if (stray === undefined) return;
  const message = `There is no API ${stray.apiId}.`;
  throw assemblyError('REFERENCE_MISSING', message, 'Declare the API in a stack of the app.', stray.place);
}

function withParts(api: DeclaredHttpApi, draft: Draft): HttpApiModel {
  const own = <Part extends { readonly apiId: string }>(parts: readonly Part[]) =>
    parts.filter(({ apiId }) => apiId === api.id);
  return {
    ...api,
    routes: own(draft.all(declaredRoutes)),
    integrations: own(draft.all(declaredIntegrations)),
    authorizers: own(draft.all(declaredAuthorizers)),
    stages: own(draft.all(declaredStages)),
  };
}

function checkRoutes({ routes, integrations, authorizers }: HttpApiModel): void {
  const seen = new Set<string>();
  for (const { stack, logicalId, routeKey, integrationId, authorization } of routes) {
    const place = { stack, logicalId };
    if (seen.has(routeKey)) {
      const message = `Route with key ${routeKey} already exists for this API`;
      throw refusedByAws('ConflictException', message, 'Remove one of the two routes.', place);
    }
    seen.add(routeKey);
    if (!integrations.some(({ id }) => id === integrationId)) {
      const message = `The API has no integration ${integrationId}.`;
      throw assemblyError('REFERENCE_MISSING', message, 'Declare the integration for the API of the route.', place);
    }
    if (authorization.type === 'JWT' && !authorizers.some(({ id }) => id === authorization.authorizerId)) {
      const message = `The API has no authorizer ${authorization.authorizerId}.`;
      throw assemblyError('REFERENCE_MISSING', message, 'Declare the authorizer for the API of the route.', place);
    }
  }
}

function refuseSameStages({ stages }: HttpApiModel): void {
  const seen = new Set<string>();
  for (const { stack, logicalId, name } of stages) {
    if (seen.has(name)) {
      const message = `Two stages of the API are named ${name}.`;
      throw assemblyError('DUPLICATE_NAME', message, 'Give one of them another name.', { stack, logicalId });
    }
    seen.add(name);
  }
}
