import { assemblyError } from '../../assembly/error-codes.ts';
import { generatedId, generatedName } from '../../assembly/physical-names.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { ResourceType } from '../../assembly/resource-type.ts';
import { declaredRestApis, declaredRestMethods, declaredRestResources } from './model.ts';

const openApi = {
  reason: 'OpenAPI definitions are not read.',
  remedy: 'Declare resources and methods as resources of the template, as RestApi of the CDK does.',
};

/** `AWS::ApiGateway::RestApi`. Its methods may have Lambda proxy integrations. */
export const restApiType: ResourceType = {
  reads: ['BinaryMediaTypes', 'Description', 'DisableExecuteApiEndpoint', 'Name'],
  ignores: {
    ApiKeySourceType: 'There are no API keys.',
    EndpointAccessMode: 'The API is served on 127.0.0.1.',
    EndpointConfiguration: 'The API is served on 127.0.0.1.',
    FailOnWarnings: 'It is about OpenAPI definitions.',
    MinimumCompressionSize: 'Answers are not compressed.',
    Mode: 'It is about OpenAPI definitions.',
    Parameters: 'They are about OpenAPI definitions.',
    SecurityPolicy: 'There is no TLS on the loopback interface.',
    Tags: 'Nothing reads the tags of an API.',
  },
  refuses: {
    Body: openApi,
    BodyS3Location: openApi,
    CloneFrom: { reason: 'There is no API to copy.', remedy: 'Declare the resources of the API.' },
    Policy: {
      reason: 'Resource policies of APIs are not evaluated, so that callers would get in whom AWS refuses.',
      remedy: 'Leave the policy out when the stack is synthesized for local use.',
    },
  },
  without: 'No request comes in: invoke the function through the Lambda API, or send to the queue.',

  identify({ stack, logicalId, environment }) {
    const id = generatedId(stack, logicalId, 10);
    const suffix = environment.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    const attributes = { RestApiId: id, RootResourceId: generatedId(stack, `${logicalId}/Root`, 10) };
    const address = `https://${id}.execute-api.${environment.region}.${suffix}`;
    return { physicalId: id, attributes, addresses: { [address]: `${environment.apiUrl}/${id}` } };
  },

  declare({ stack, logicalId, properties, environment }, { physicalId: id, attributes }, draft) {
    const description = properties.text('Description');
    draft.add(declaredRestApis, {
      stack,
      logicalId,
      id,
      name: properties.text('Name') ?? logicalId,
      ...(description === undefined ? {} : { description }),
      url: `${environment.apiUrl}/${id}`,
      rootResourceId: attributes['RootResourceId'] ?? '',
      binaryMediaTypes: properties.texts('BinaryMediaTypes').map((type) => type.replace('~1', '/')),
      hasOwnAddress: properties.boolean('DisableExecuteApiEndpoint') !== true,
    });
  },
};

/** `AWS::ApiGateway::Resource`: a part of a path. */
export const restResourceType: ResourceType = {
  reads: ['ParentId', 'PathPart', 'RestApiId'],
  ignores: {},
  refuses: {},
  belongsTo: ['RestApiId', 'ParentId'],

  identify({ stack, logicalId }) {
    const id = generatedId(stack, logicalId, 6);
    return { physicalId: id, attributes: { ResourceId: id } };
  },

  declare({ stack, logicalId, properties }, { physicalId: id }, draft) {
    draft.add(declaredRestResources, {
      stack,
      logicalId,
      id,
      apiId: properties.requiredText('RestApiId'),
      place: properties.placeOf('RestApiId'),
      parentId: properties.requiredText('ParentId'),
      pathPart: properties.requiredText('PathPart'),
    });
  },
};

const integrationMembers = [
  'CacheKeyParameters',
  'CacheNamespace',
  'ConnectionId',
  'ConnectionType',
  'ContentHandling',
  'Credentials',
  'IntegrationHttpMethod',
  'IntegrationResponses',
  'IntegrationTarget',
  'PassthroughBehavior',
  'RequestParameters',
  'RequestTemplates',
  'ResponseTransferMode',
  'TimeoutInMillis',
  'Type',
  'Uri',
];

/** `AWS::ApiGateway::Method`. */
export const restMethodType: ResourceType = {
  reads: ['ApiKeyRequired', 'AuthorizationType', 'HttpMethod', 'Integration', 'ResourceId', 'RestApiId'],
  ignores: {
    AuthorizationScopes: 'They are about authorizers, which are refused.',
    MethodResponses: 'A Lambda proxy integration answers by itself.',
    OperationName: 'Nothing reads it.',
    RequestModels: 'They describe bodies, and are checked by request validators only.',
    RequestParameters: 'They are checked by request validators only.',
  },
  refuses: {
    AuthorizerId: {
      reason: 'REST APIs have no authorizers here, so that every caller would get in.',
      remedy: 'Use IAM, or an HTTP API with a JWT authorizer, or leave the authorizer out for local use.',
    },
    RequestValidatorId: {
      reason: 'Requests are not validated here.',
      remedy:
        'Validate them in the function too, or leave the validator out when the stack is synthesized for local use.',
    },
  },
  belongsTo: ['RestApiId', 'ResourceId'],
  without: 'Requests to the method get a 403.',

  identify: ({ stack, logicalId }) => ({ physicalId: generatedName(stack, logicalId, 64), attributes: {} }),

  declare({ stack, logicalId, properties }, _identity, draft) {
    if (properties.boolean('ApiKeyRequired') === true) {
      throw assemblyError(
        'PROPERTY_UNSUPPORTED',
        'There are no API keys here, so that every caller would get in.',
        'Leave them out when the stack is synthesized for local use.',
        properties.placeOf('ApiKeyRequired'),
      );
    }
    const integration = properties.object('Integration', integrationMembers);
    const uri = lambdaUri(properties, integration);
    const credentialsArn = integration?.text('Credentials');
    draft.add(declaredRestMethods, {
      stack,
      logicalId,
      apiId: properties.requiredText('RestApiId'),
      place: properties.placeOf('RestApiId'),
      resourceId: properties.requiredText('ResourceId'),
      httpMethod: properties.requiredText('HttpMethod'),
      authorizationType: readAuthorizationType(properties),
      uri,
      ...(credentialsArn === undefined ? {} : { credentialsArn }),
      timeoutMs: integration?.integer('TimeoutInMillis', 50, 300_000) ?? 29_000,
    });
  },
};

function readAuthorizationType(properties: Properties): 'NONE' | 'AWS_IAM' {
  const given = properties.text('AuthorizationType') ?? 'NONE';
  if (given === 'NONE' || given === 'AWS_IAM') return given;
  throw assemblyError(
    'RESOURCE_UNSUPPORTED',
    `Methods with the authorization type ${given} are not served: every caller would get in.`,
    'Use IAM, or an HTTP API with a JWT authorizer, or leave the method out for local use.',
    properties.placeOf('AuthorizationType'),
  );
}

/** The function's URI of a Lambda proxy integration. Every other integration is refused. */
function lambdaUri(properties: Properties, integration: Properties | undefined): string {
  const type = integration?.text('Type');
  const mode = integration?.text('ResponseTransferMode') ?? 'BUFFERED';
  if (integration !== undefined && type === 'AWS_PROXY' && mode === 'BUFFERED') {
    const uri = integration.requiredText('Uri');
    if (uri.includes(':function:')) return uri;
  }
  throw assemblyError(
    'RESOURCE_UNSUPPORTED',
    `REST APIs have Lambda proxy integrations only here (AWS_PROXY with a function): this one is ${type ?? 'none'}.`,
    'Use LambdaIntegration with proxy: true, or leave the method out when the stack is synthesized for local use.',
    properties.placeOf('Integration'),
  );
}
