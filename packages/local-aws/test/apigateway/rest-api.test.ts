import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { refusalOf } from '../../src/testing/written-assembly.ts';
import { functions, permission, type RunningApi, startApi } from './written-api.ts';

const restApi = (properties: object = {}) => ({
  Type: 'AWS::ApiGateway::RestApi',
  Properties: { Name: 'shop', ...properties },
});

const resource = (parent: object, pathPart: string) => ({
  Type: 'AWS::ApiGateway::Resource',
  Properties: { RestApiId: { Ref: 'Api' }, ParentId: parent, PathPart: pathPart },
});

const root = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };

/** A method with a Lambda proxy integration, as LambdaIntegration of the CDK makes it. */
const method = (httpMethod: string, resourceId: object, functionName: string, properties: object = {}) => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: {
    RestApiId: { Ref: 'Api' },
    ResourceId: resourceId,
    HttpMethod: httpMethod,
    AuthorizationType: 'NONE',
    Integration: {
      Type: 'AWS_PROXY',
      IntegrationHttpMethod: 'POST',
      Uri: {
        'Fn::Sub':
          'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${' +
          `${functionName}.Arn}/invocations`,
      },
      ...(functionName === 'never' && { TimeoutInMillis: 50 }),
    },
    ...properties,
  },
});

const stage = (properties: object = {}) => ({
  Type: 'AWS::ApiGateway::Stage',
  Properties: { RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'prod', ...properties },
});

const deployment = { Type: 'AWS::ApiGateway::Deployment', Properties: { RestApiId: { Ref: 'Api' } } };

let api: RunningApi;

beforeAll(async () => {
  api = await startApi({
    ...functions({
      echo: 'return { statusCode: 200, body: JSON.stringify(event) };',
      says: 'if (event.path === "/says/throws") throw new Error("boom"); return JSON.parse(event.body);',
      never: 'await new Promise((resolve) => setTimeout(resolve, 60_000));',
      lonely: 'return { statusCode: 200 };',
    }),
    Api: restApi({ BinaryMediaTypes: ['image/*'] }),
    Proxy: resource(root, '{proxy+}'),
    Says: resource(root, 'says'),
    SaysAny: resource({ Ref: 'Says' }, '{what}'),
    Never: resource(root, 'never'),
    Lonely: resource(root, 'lonely'),
    Signed: resource(root, 'signed'),
    Busy: resource(root, 'busy'),
    ProxyMethod: method('POST', { Ref: 'Proxy' }, 'echo'),
    SaysMethod: method('ANY', { Ref: 'SaysAny' }, 'says'),
    NeverMethod: method('GET', { Ref: 'Never' }, 'never'),
    LonelyMethod: method('GET', { Ref: 'Lonely' }, 'lonely'),
    BusyMethod: method('GET', { Ref: 'Busy' }, 'echo'),
    SignedMethod: method('GET', { Ref: 'Signed' }, 'echo', { AuthorizationType: 'AWS_IAM' }),
    Deployment: deployment,
    Stage: stage({
      Variables: { color: 'blue' },
      MethodSettings: [
        { HttpMethod: '*', ResourcePath: '/*', LoggingLevel: 'INFO' },
        { HttpMethod: 'GET', ResourcePath: '/~1busy', ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0 },
      ],
    }),
    Account: { Type: 'AWS::ApiGateway::Account', Properties: {} },
    EchoPermission: permission('echo', '/prod/*/*'),
    SaysPermission: permission('says', '/prod/*/says/*'),
    NeverPermission: permission('never', '/prod/GET/never'),
  });
});

afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const says = (answer: unknown) => api.fetch('/prod/says/it', { method: 'POST', body: JSON.stringify(answer) });

describe('a REST API', () => {
  test('gives a function its event: what was sent, percent-encoded, and null for what is not there', async () => {
    const response = await api.fetch('/prod/a/b%20c/?x=1&x=2&plus=a+b', {
      method: 'POST',
      headers: { 'X-Custom': 'yes', 'content-type': 'text/plain', 'user-agent': 'test' },
      body: 'hello',
    });
    expect(await response.json()).toEqual({
      resource: '/{proxy+}',
      path: '/a/b%20c/',
      httpMethod: 'POST',
      headers: expect.objectContaining({ 'X-Custom': 'yes', 'User-Agent': 'test', Host: expect.any(String) }),
      multiValueHeaders: expect.objectContaining({ 'X-Custom': ['yes'] }),
      queryStringParameters: { x: '2', plus: 'a b' },
      multiValueQueryStringParameters: { x: ['1', '2'], plus: ['a b'] },
      pathParameters: { proxy: 'a/b%20c' },
      stageVariables: { color: 'blue' },
      requestContext: expect.objectContaining({
        accountId: '000000000000',
        deploymentId: expect.stringMatching(/^[a-z\d]{6}$/),
        httpMethod: 'POST',
        identity: expect.objectContaining({ sourceIp: '127.0.0.1', user: null }),
        path: '/prod/a/b%20c/',
        requestId: response.headers.get('x-amzn-requestid'),
        resourceId: expect.stringMatching(/^[a-z\d]{6}$/),
        resourcePath: '/{proxy+}',
        stage: 'prod',
      }),
      body: 'hello',
      isBase64Encoded: false,
    });
  });

  test('gives binary media types in Base64, and sends them as bytes to who accepts them', async () => {
    const headers = { 'content-type': 'image/png' };
    const echoed = await api.fetch('/prod/a', { method: 'POST', headers, body: 'abc' });
    expect(await echoed.json()).toMatchObject({ body: 'YWJj', isBase64Encoded: true });
    const answer = JSON.stringify({ statusCode: 200, body: 'YWJj', isBase64Encoded: true });
    const asked = { method: 'POST', body: answer };
    const bytes = await api.fetch('/prod/says/it', { ...asked, headers: { accept: 'image/png' } });
    expect(await bytes.text()).toBe('abc');
    expect(await (await api.fetch('/prod/says/it', asked)).text()).toBe('YWJj');
  });

  test.each([
    [{ statusCode: 200 }, 200],
    [{ statusCode: '201' }, 201],
    [{ headers: { a: 'b' } }, 200],
    [{ statusCode: 200, wrongValue: 'value' }, 502],
    [{}, 502],
    ['text', 502],
    [{ statusCode: 'test' }, 502],
    [{ statusCode: 200, multiValueHeaders: { a: 'b' } }, 502],
  ])('answers what a function says with %j: %d', async (answer, status) => {
    const response = await says(answer);
    expect([response.status, await response.text()]).toEqual([
      status,
      status === 502 ? '{"message": "Internal server error"}' : '',
    ]);
  });

  test('joins the values of a header of both lists', async () => {
    const { headers } = await says({
      statusCode: 200,
      multiValueHeaders: { 'tesT-Multi': ['value-multi'] },
      headers: { 'test-multi': 'value-solo' },
    });
    expect([headers.get('test-multi'), headers.get('content-type')]).toEqual([
      'value-multi, value-solo',
      'application/json',
    ]);
  });

  test.each([
    ['/prod/says/throws', 502, 'Internal server error', 'InternalServerErrorException'],
    ['/prod/never', 504, 'Endpoint request timed out', 'InternalServerErrorException'],
    ['/prod/lonely', 500, 'Internal server error', 'InternalServerErrorException'],
    ['/prod/not/there', 403, 'Missing Authentication Token', 'MissingAuthenticationTokenException'],
    ['/prod/signed', 403, 'Missing Authentication Token', 'MissingAuthenticationTokenException'],
    ['/prod/busy', 429, 'Too Many Requests', 'TooManyRequestsException'],
    ['/dev/busy', 403, 'Forbidden', 'ForbiddenException'],
  ])('answers GET %s with %d %s', async (path, status, message, type) => {
    const response = await api.fetch(path);
    expect([response.status, await response.json(), response.headers.get('x-amzn-errortype')]).toEqual([
      status,
      { message },
      type,
    ]);
  });

  test.each([
    [{ Integration: { Type: 'MOCK' } }, 'this one is MOCK'],
    [{ Integration: { Type: 'AWS', Uri: 'arn:aws:apigateway:us-east-1:sqs:path/a' } }, 'this one is AWS'],
    [{ AuthorizationType: 'COGNITO_USER_POOLS' }, 'authorization type COGNITO_USER_POOLS'],
    [{ ApiKeyRequired: true }, 'There are no API keys here'],
  ])('with %j is refused: %s', (properties, message) => {
    const resources = {
      ...functions({ echo: 'return 1;' }),
      Api: restApi(),
      Method: method('GET', root, 'echo', properties),
    };
    expect(refusalOf(resources).message).toContain(message);
  });
});
