import { assemblyError } from '../../assembly/error-codes.ts';
import { generatedId } from '../../assembly/physical-names.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { ResourceType } from '../../assembly/resource-type.ts';
import { type Authorization, declaredAuthorizers, declaredIntegrations, declaredRoutes } from './model.ts';
import { parseRouteKey } from './route-key.ts';
import { subtypeProblem } from './integration-subtypes.ts';

const onlyWebSocket = {
  reason: 'WebSocket APIs alone have it, and they are not served here.',
  remedy: 'Remove it from the resource of an HTTP API.',
};

/** `AWS::ApiGatewayV2::Route`. */
export const routeType: ResourceType = {
  reads: ['ApiId', 'AuthorizationScopes', 'AuthorizationType', 'AuthorizerId', 'RouteKey', 'Target'],
  ignores: { OperationName: 'Nothing reads it.' },
  refuses: {
    ApiKeyRequired: onlyWebSocket,
    ModelSelectionExpression: onlyWebSocket,
    RequestModels: onlyWebSocket,
    RequestParameters: onlyWebSocket,
    RouteResponseSelectionExpression: onlyWebSocket,
  },
  belongsTo: ['ApiId', 'Target'],
  without: 'Requests to the route get a 404, or take another route.',

  identify({ stack, logicalId }) {
    const id = generatedId(stack, logicalId, 7);
    return { physicalId: id, attributes: { RouteId: id } };
  },

  declare({ stack, logicalId, properties }, { physicalId: id }, draft) {
    const routeKey = properties.requiredText('RouteKey');
    const problem = parseRouteKey(routeKey).problem;
    if (problem !== undefined) throw properties.invalid('RouteKey', routeKey, problem);
    const target = properties.requiredText('Target');
    const integrationId = /^integrations\/(\w+)$/.exec(target)?.[1];
    if (integrationId === undefined) throw properties.invalid('Target', target, 'integrations/ and an integration id');
    draft.add(declaredRoutes, {
      stack,
      logicalId,
      id,
      apiId: properties.requiredText('ApiId'),
      place: properties.placeOf('ApiId'),
      routeKey,
      integrationId,
      authorization: readAuthorization(properties),
    });
  },
};

function readAuthorization(properties: Properties): Authorization {
  const type = properties.choice('AuthorizationType', ['NONE', 'AWS_IAM', 'JWT', 'CUSTOM']) ?? 'NONE';
  if (type === 'CUSTOM') throw lambdaAuthorizer(properties, 'AuthorizationType');
  if (type !== 'JWT') return { type };
  const scopes = properties.texts('AuthorizationScopes');
  return { type, authorizerId: properties.requiredText('AuthorizerId'), scopes };
}

function lambdaAuthorizer(properties: Properties, name: string): Error {
  return assemblyError(
    'RESOURCE_UNSUPPORTED',
    'Lambda authorizers are not asked here, so that every caller would get in.',
    'Use a JWT authorizer or IAM, or leave the authorizer and its routes out for local use.',
    properties.placeOf(name),
  );
}

const noHttpServers = {
  reason: 'Requests are not passed on to HTTP servers here.',
  remedy: 'Integrate a function, or leave integration and routes out when the stack is synthesized for local use.',
};
const noMapping = {
  reason: 'Requests and answers go through unchanged here.',
  remedy: 'Map them in the function, or leave the mapping out when the stack is synthesized for local use.',
};

/** `AWS::ApiGatewayV2::Integration`: Lambda proxy, and first-class integrations that integration-subtypes.ts names. */
export const integrationType: ResourceType = {
  reads: [
    'ApiId',
    'ConnectionType',
    'CredentialsArn',
    'Description',
    'IntegrationSubtype',
    'IntegrationType',
    'IntegrationUri',
    'PayloadFormatVersion',
    'RequestParameters',
    'TimeoutInMillis',
  ],
  ignores: { IntegrationMethod: 'Functions are invoked by POST, whatever it says.' },
  refuses: {
    ConnectionId: noHttpServers,
    ContentHandlingStrategy: onlyWebSocket,
    PassthroughBehavior: onlyWebSocket,
    RequestTemplates: onlyWebSocket,
    ResponseParameters: noMapping,
    TemplateSelectionExpression: onlyWebSocket,
    TlsConfig: noHttpServers,
  },
  belongsTo: ['ApiId', 'IntegrationUri'],
  without: 'Its routes are gone too.',

  identify({ stack, logicalId }) {
    const id = generatedId(stack, logicalId, 7);
    return { physicalId: id, attributes: { IntegrationId: id } };
  },

  declare({ stack, logicalId, properties }, { physicalId: id }, draft) {
    const integrationTypeName = properties.requiredText('IntegrationType');
    if (integrationTypeName !== 'AWS_PROXY' || properties.text('ConnectionType') === 'VPC_LINK') {
      const reason = `Integrations of the type ${integrationTypeName} are not served: ${noHttpServers.reason}`;
      throw assemblyError('RESOURCE_UNSUPPORTED', reason, noHttpServers.remedy, properties.placeOf('IntegrationType'));
    }
    const description = properties.text('Description');
    const base = {
      stack,
      logicalId,
      id,
      apiId: properties.requiredText('ApiId'),
      place: properties.placeOf('ApiId'),
      timeoutMs: properties.integer('TimeoutInMillis', 50, 30_000) ?? 30_000,
      ...(description === undefined ? {} : { description }),
    };
    const subtype = properties.text('IntegrationSubtype');
    const requestParameters = readParameters(properties);
    const credentialsArn = properties.text('CredentialsArn');
    if (subtype === undefined) {
      if (Object.keys(requestParameters).length > 0) {
        throw assemblyError(
          'PROPERTY_UNSUPPORTED',
          noMapping.reason,
          noMapping.remedy,
          properties.placeOf('RequestParameters'),
        );
      }
      draft.add(declaredIntegrations, {
        ...base,
        kind: 'lambda',
        uri: properties.requiredText('IntegrationUri'),
        payloadFormatVersion: readPayloadFormat(properties),
        ...(credentialsArn === undefined ? {} : { credentialsArn }),
      });
      return;
    }
    const problem = subtypeProblem(subtype, requestParameters);
    if (problem !== undefined) {
      const { reason, remedy, refused } = problem;
      const place = properties.placeOf('IntegrationSubtype');
      throw refused
        ? assemblyError('REFUSED_BY_AWS', `AWS would refuse this: ${reason}`, remedy, place)
        : assemblyError('RESOURCE_UNSUPPORTED', reason, remedy, place);
    }
    if (credentialsArn === undefined) {
      const message = 'AWS would refuse this: a first-class integration needs a role.';
      const remedy = 'Give the integration a role that API Gateway may assume.';
      throw assemblyError('REFUSED_BY_AWS', message, remedy, properties.placeOf('CredentialsArn'));
    }
    draft.add(declaredIntegrations, { ...base, kind: 'service', subtype, credentialsArn, requestParameters });
  },
};

function readPayloadFormat(properties: Properties): '1.0' | '2.0' {
  const version = properties.choice('PayloadFormatVersion', ['1.0', '2.0']);
  if (version === undefined) throw properties.invalid('PayloadFormatVersion', undefined, '1.0 or 2.0');
  return version;
}

function readParameters(properties: Properties): Record<string, string> {
  const given = properties.json('RequestParameters') ?? {};
  const parameters = properties.object('RequestParameters', Object.keys(given));
  return Object.fromEntries(Object.keys(given).map((name) => [name, parameters?.text(name) ?? '']));
}

/** `AWS::ApiGatewayV2::Authorizer`: JWT authorizers. Lambda authorizers are refused. */
export const authorizerType: ResourceType = {
  reads: ['ApiId', 'AuthorizerType', 'IdentitySource', 'JwtConfiguration', 'Name'],
  ignores: {
    AuthorizerCredentialsArn: 'It is about Lambda authorizers.',
    AuthorizerPayloadFormatVersion: 'It is about Lambda authorizers.',
    AuthorizerResultTtlInSeconds: 'It is about Lambda authorizers.',
    AuthorizerUri: 'It is about Lambda authorizers.',
    EnableSimpleResponses: 'It is about Lambda authorizers.',
    IdentityValidationExpression: 'AWS does not use it.',
  },
  refuses: {},
  belongsTo: ['ApiId'],
  without: 'With it go the routes that ask it.',

  identify({ stack, logicalId }) {
    const id = generatedId(stack, logicalId, 6);
    return { physicalId: id, attributes: { AuthorizerId: id } };
  },

  declare({ stack, logicalId, properties }, { physicalId: id }, draft) {
    if (properties.requiredText('AuthorizerType') !== 'JWT') throw lambdaAuthorizer(properties, 'AuthorizerType');
    const jwt = properties.object('JwtConfiguration', ['Audience', 'Issuer']);
    const sources = properties.texts('IdentitySource');
    const [identitySource = '', ...others] = sources;
    if (others.length > 0 || !/^\$request\.(?:header|querystring)\.[\w.-]+$/.test(identitySource)) {
      const expected = 'one of $request.header.NAME and $request.querystring.NAME';
      throw properties.invalid('IdentitySource', sources, expected);
    }
    draft.add(declaredAuthorizers, {
      stack,
      logicalId,
      id,
      apiId: properties.requiredText('ApiId'),
      place: properties.placeOf('ApiId'),
      name: properties.requiredText('Name'),
      identitySource,
      issuer: jwt?.requiredText('Issuer') ?? '',
      audience: jwt?.texts('Audience') ?? [],
    });
  },
};
