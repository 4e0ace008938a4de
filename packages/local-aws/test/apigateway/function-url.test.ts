import { GetFunctionUrlConfigCommand, LambdaClient, ListFunctionUrlConfigsCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { refusalOf } from '../../src/testing/written-assembly.ts';
import { functions, roleFor, type RunningApi, startApi } from './written-api.ts';

const functionUrl = (functionName: string, properties: object = {}) => ({
  Type: 'AWS::Lambda::Url',
  Properties: { AuthType: 'NONE', TargetFunctionArn: { 'Fn::GetAtt': [functionName, 'Arn'] }, ...properties },
});

/** What addFunctionUrl of the CDK writes beside a URL that is open to all. */
const openTo = (functionName: string) => ({
  [`${functionName}InvokeUrl`]: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunctionUrl',
      FunctionName: { 'Fn::GetAtt': [functionName, 'Arn'] },
      FunctionUrlAuthType: 'NONE',
      Principal: '*',
    },
  },
  [`${functionName}Invoke`]: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [functionName, 'Arn'] },
      InvokedViaFunctionUrl: true,
      Principal: '*',
    },
  },
});

const answers = `
  const kinds = {
    '/string': 'hello',
    '/list': ['hello', 3, true],
    '/number': 3.1,
    '/plain': { statusCode: '418', body: 'a teapot' },
  };
  if (event.rawPath === '/throws') throw new Error('boom');
  return kinds[event.rawPath] ?? event;
`;

const mayOnGuarded = (action: string) => ({
  Effect: 'Allow',
  Action: action,
  Resource: { 'Fn::GetAtt': ['guarded', 'Arn'] },
});

let api: RunningApi;
let lambda: LambdaClient;

beforeAll(async () => {
  api = await startApi({
    ...functions({ open: answers, guarded: 'return event.requestContext;', closed: 'return 1;', half: 'return 1;' }),
    May: roleFor('lambda.amazonaws.com', [
      mayOnGuarded('lambda:InvokeFunctionUrl'),
      mayOnGuarded('lambda:InvokeFunction'),
    ]),
    Api: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
    OpenUrl: functionUrl('open', { Cors: { AllowOrigins: ['*'], AllowMethods: ['GET'] } }),
    ...openTo('open'),
    GuardedUrl: functionUrl('guarded', { AuthType: 'AWS_IAM' }),
    ClosedUrl: functionUrl('closed'),
    HalfUrl: functionUrl('half'),
    halfInvokeUrl: openTo('half')['halfInvokeUrl'],
  });
  lambda = new LambdaClient({
    endpoint: api.runtime.endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});

afterAll(async () => {
  lambda?.destroy();
  await api?.[Symbol.asyncDispose]();
});

const signed = (accessKeyId: string, service: string) => ({
  headers: {
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request`,
  },
});

function urlOf(functionName: string): string {
  return api.runtime.model.functionUrls.find((url) => url.functionName === functionName)?.url ?? '';
}

describe('a function URL', () => {
  test('gives the function the event with the path as it came, and cookies twice', async () => {
    const response = await fetch(`${urlOf('open')}a%20b?x=1&x=2`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: 'a=1; b=2', 'user-agent': 'test' },
      body: '{}',
    });
    expect(await response.json()).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/a%20b',
      rawQueryString: 'x=1&x=2',
      cookies: ['a=1', 'b=2'],
      headers: expect.objectContaining({ cookie: 'a=1; b=2', 'user-agent': 'test' }),
      queryStringParameters: { x: '1,2' },
      requestContext: expect.objectContaining({
        accountId: 'anonymous',
        apiId: expect.stringMatching(/^[a-z\d]{32}$/),
        http: { method: 'POST', path: '/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: response.headers.get('x-amzn-requestid'),
        stage: '$default',
      }),
      body: '{}',
      isBase64Encoded: false,
    });
  });

  test.each([
    ['string', 200, 'application/json', 'hello'],
    ['list', 200, 'application/json', '["hello",3,true]'],
    ['number', 200, 'application/json', '3.1'],
    ['plain', 418, 'application/json', 'a teapot'],
    ['throws', 502, 'text/plain', 'Internal Server Error'],
  ])('answers /%s with %d', async (path, status, type, body) => {
    const response = await fetch(urlOf('open') + path);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      status,
      type,
      body,
    ]);
  });

  test('answers preflights by its CORS configuration', async () => {
    const headers = { origin: 'http://localhost:3000', 'access-control-request-method': 'GET' };
    const response = await fetch(urlOf('open'), { method: 'OPTIONS', headers });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  });

  test('is closed to everybody without both permissions', async () => {
    for (const name of ['closed', 'half']) {
      const response = await fetch(urlOf(name));
      expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([403, 'AccessDeniedException']);
      expect(await response.json()).toEqual({
        Message: expect.stringMatching(/^Forbidden\. For troubleshooting Function URL authorization issues, see: /),
      });
    }
  });

  test('with AWS_IAM lets in who signs and may', async () => {
    expect((await fetch(urlOf('guarded'))).status).toBe(403);
    expect((await fetch(urlOf('guarded'), signed('local', 'execute-api'))).status).toBe(403);
    const response = await fetch(urlOf('guarded'), signed('local', 'lambda'));
    expect(await response.json()).toMatchObject({
      accountId: '000000000000',
      authorizer: { iam: { accessKey: 'local', userArn: 'arn:aws:iam::000000000000:root' } },
    });
  });

  test('is told by GetFunctionUrlConfig and ListFunctionUrlConfigs', async () => {
    const config = await lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: 'open' }));
    expect(config).toMatchObject({
      FunctionUrl: urlOf('open'),
      AuthType: 'NONE',
      Cors: { AllowOrigins: ['*'], AllowMethods: ['GET'] },
      InvokeMode: 'BUFFERED',
    });
    const { FunctionUrlConfigs: all } = await lambda.send(new ListFunctionUrlConfigsCommand({ FunctionName: 'open' }));
    expect(all).toHaveLength(1);
  });

  test.each([
    [{ InvokeMode: 'RESPONSE_STREAM' }, 'Answers are not streamed here'],
    [{ TargetFunctionArn: 'elsewhere' }, 'There is no function elsewhere'],
  ])('is refused with %j: %s', (properties, message) => {
    const resources = { ...functions({ open: answers }), Url: functionUrl('open', properties) };
    expect(refusalOf(resources).message).toContain(message);
  });
});
