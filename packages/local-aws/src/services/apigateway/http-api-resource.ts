import type { Draft } from '../../assembly/draft.ts';
import { assemblyError } from '../../assembly/error-codes.ts';
import { generatedId } from '../../assembly/physical-names.ts';
import type { DeclaredResource, ResourceType } from '../../assembly/resource-type.ts';
import { readCors } from '../lambda/cors-property.ts';
import { declaredHttpApis, declaredIntegrations, declaredRoutes, declaredStages } from './model.ts';

const openApi = {
  reason: 'OpenAPI definitions are not read.',
  remedy: 'Declare routes and integrations as resources, as HttpApi of the CDK does.',
};

/** `AWS::ApiGatewayV2::Api`. WebSocket APIs are refused. */
export const httpApiType: ResourceType = {
  reads: [
    'CorsConfiguration',
    'CredentialsArn',
    'Description',
    'DisableExecuteApiEndpoint',
    'Name',
    'ProtocolType',
    'RouteKey',
    'Target',
  ],
  ignores: {
    ApiKeySelectionExpression: 'WebSocket APIs alone have keys.',
    DisableSchemaValidation: 'WebSocket APIs alone have schemas.',
    FailOnWarnings: 'It is about OpenAPI definitions.',
    IpAddressType: 'The API is served on 127.0.0.1.',
    RouteSelectionExpression: 'HTTP APIs always select by method and path.',
    Tags: 'Nothing reads the tags of an API.',
    Version: 'Nothing reads it.',
  },
  refuses: { BasePath: openApi, Body: openApi, BodyS3Location: openApi },
  without: 'No request comes in: invoke the function through the Lambda API, or send to the queue.',

  identify(resource) {
    const { environment, properties } = resource;
    if (properties.text('ProtocolType') === 'WEBSOCKET') {
      throw assemblyError(
        'RESOURCE_UNSUPPORTED',
        'WebSocket APIs are not served here.',
        'Leave the API out when the stack is synthesized for local use.',
        properties.placeOf('ProtocolType'),
      );
    }
    const id = apiId(resource);
    const suffix = environment.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    const url = `${environment.apiUrl}/${id}`;
    return {
      physicalId: id,
      attributes: { ApiEndpoint: url, ApiId: id },
      addresses: { [`https://${id}.execute-api.${environment.region}.${suffix}`]: url },
    };
  },

  declare(resource, { physicalId: id, attributes }, draft) {
    const { stack, logicalId, properties } = resource;
    if (properties.text('ProtocolType') !== 'HTTP') {
      throw properties.invalid('ProtocolType', properties.value('ProtocolType'), 'HTTP');
    }
    const name = properties.requiredText('Name');
    const cors = readCors(properties, 'CorsConfiguration');
    const description = properties.text('Description');
    draft.add(declaredHttpApis, {
      stack,
      logicalId,
      id,
      name,
      url: attributes['ApiEndpoint'] ?? '',
      ...(description === undefined ? {} : { description }),
      ...(cors === undefined ? {} : { cors }),
      hasOwnAddress: properties.boolean('DisableExecuteApiEndpoint') !== true,
    });
    declareQuickCreate(resource, id, draft);
  },
};

function apiId({ stack, logicalId }: DeclaredResource): string {
  return generatedId(stack, logicalId, 10);
}

/**
 * Quick create: `Target` makes an integration, a route for all requests and a `$default` stage (API Gateway v2 API
 * reference, CreateApi).
 */
function declareQuickCreate({ stack, logicalId, properties }: DeclaredResource, id: string, draft: Draft): void {
  const target = properties.text('Target');
  if (target === undefined) return;
  if (/^https?:/.test(target)) {
    throw assemblyError(
      'PROPERTY_UNSUPPORTED',
      'Requests are not passed on to HTTP servers here.',
      'Target a function, or leave the API out when the stack is synthesized for local use.',
      properties.placeOf('Target'),
    );
  }
  const own = { stack, logicalId, apiId: id, place: properties.placeOf('Target') };
  const credentialsArn = properties.text('CredentialsArn');
  const integrationId = generatedId(stack, `${logicalId}/Target`, 7);
  draft.add(declaredIntegrations, {
    ...own,
    id: integrationId,
    kind: 'lambda',
    uri: target,
    payloadFormatVersion: '2.0',
    timeoutMs: 30_000,
    ...(credentialsArn === undefined ? {} : { credentialsArn }),
  });
  draft.add(declaredRoutes, {
    ...own,
    id: generatedId(stack, `${logicalId}/Route`, 7),
    routeKey: properties.text('RouteKey') ?? '$default',
    integrationId,
    authorization: { type: 'NONE' },
  });
  draft.add(declaredStages, {
    ...own,
    name: '$default',
    autoDeploy: true,
    defaultThrottle: {},
    routeThrottles: {},
    variables: {},
  });
}
