import type { Draft } from '../../assembly/draft.ts';
import { assemblyError } from '../../assembly/error-codes.ts';
import {
  declaredRestApis,
  type DeclaredRestApi,
  declaredRestMethods,
  declaredRestResources,
  declaredRestStages,
  type OfApi,
  type RestApiModel,
  type RestResourceModel,
  type RestRouteModel,
} from './model.ts';

/** The REST APIs of all stacks, each with its methods by their paths, and its stages. */
export function readRestApis(draft: Draft): readonly RestApiModel[] {
  const apis = draft.all(declaredRestApis);
  const parts: readonly OfApi[] = [
    ...draft.all(declaredRestResources),
    ...draft.all(declaredRestMethods),
    ...draft.all(declaredRestStages),
  ];
  const stray = parts.find(({ apiId }) => !apis.some(({ id }) => id === apiId));
  if (stray !== undefined) throw missing(`There is no REST API ${stray.apiId}.`, stray);
  return apis.map((api) => ({
    ...api,
    routes: routesOf(api, draft),
    stages: draft.all(declaredRestStages).filter(({ apiId }) => apiId === api.id),
  }));
}

function routesOf(api: DeclaredRestApi, draft: Draft): readonly RestRouteModel[] {
  const resources = new Map(
    draft
      .all(declaredRestResources)
      .filter(({ apiId }) => apiId === api.id)
      .map((resource) => [resource.id, resource]),
  );
  return draft
    .all(declaredRestMethods)
    .filter(({ apiId }) => apiId === api.id)
    .map((method) => ({
      routeKey: `${method.httpMethod} ${pathOf(method.resourceId, api, resources, method)}`,
      method,
    }));
}

/** `/orders/{id}`: the parts of the path from the root on. */
function pathOf(
  resourceId: string,
  api: DeclaredRestApi,
  resources: ReadonlyMap<string, RestResourceModel>,
  user: OfApi,
): string {
  if (resourceId === api.rootResourceId) return '/';
  const resource = resources.get(resourceId);
  if (resource === undefined) throw missing(`The API has no resource ${resourceId}.`, user);
  return `${pathOf(resource.parentId, api, resources, user).replace(/\/$/, '')}/${resource.pathPart}`;
}

function missing(message: string, { place }: OfApi): Error {
  return assemblyError('REFERENCE_MISSING', message, 'Declare it in a stack of the app.', place);
}
