import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { queueWith, refusalOf } from '../../src/testing/written-assembly.ts';
import { functions, httpApi, lambdaIntegration, roleFor, route, type RunningApi, startApi } from './written-api.ts';

const format = JSON.stringify({
  id: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  ip: '$context.identity.sourceIp',
  length: '$context.responseLength',
  error: '$context.error.message',
  integration: '$context.integrationErrorMessage',
  nothing: '$context.authorizer.claims.sub',
});

/** A first-class integration, as HttpSqsIntegration of the CDK makes it. */
const sqsIntegration = (requestParameters: object, properties: object = {}) => ({
  Type: 'AWS::ApiGatewayV2::Integration',
  Properties: {
    ApiId: { Ref: 'Api' },
    CredentialsArn: { 'Fn::GetAtt': ['Sender', 'Arn'] },
    IntegrationSubtype: 'SQS-SendMessage',
    IntegrationType: 'AWS_PROXY',
    PayloadFormatVersion: '1.0',
    RequestParameters: { QueueUrl: { Ref: 'Orders' }, ...requestParameters },
    ...properties,
  },
});

const sender = (service: string) =>
  roleFor(service, [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['Orders', 'Arn'] } }]);

let api: RunningApi;
let sqs: SQSClient;

beforeAll(async () => {
  api = await startApi({
    ...functions({
      echo: 'return { statusCode: 200, body: JSON.stringify(event) };',
      never: 'await new Promise((resolve) => setTimeout(resolve, 60_000));',
      fails: 'throw new Error("no \\"order\\"");',
    }),
    ...httpApi(
      {},
      {
        AccessLogSettings: { DestinationArn: { 'Fn::GetAtt': ['AccessLogs', 'Arn'] }, Format: format },
        StageVariables: { kind: 'pizza' },
      },
    ),
    AccessLogs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'access' } },
    Orders: queueWith({ QueueName: 'orders' }),
    Locked: queueWith({ QueueName: 'locked' }),
    Sender: sender('apigateway.amazonaws.com'),
    Stranger: sender('lambda.amazonaws.com'),
    ...lambdaIntegration('echo', { PayloadFormatVersion: '1.0' }),
    ...lambdaIntegration('never', { TimeoutInMillis: 50 }),
    ...lambdaIntegration('fails'),
    sendIntegration: sqsIntegration({ MessageBody: '$request.body' }),
    mapIntegration: sqsIntegration({
      MessageBody: '$request.body.order.items[0]',
      DelaySeconds: '0',
      MessageAttributes: '$request.body.attributes',
    }),
    lockedIntegration: sqsIntegration({ QueueUrl: { Ref: 'Locked' }, MessageBody: '$request.body' }),
    strangerIntegration: sqsIntegration(
      { MessageBody: '$request.body' },
      { CredentialsArn: { 'Fn::GetAtt': ['Stranger', 'Arn'] } },
    ),
    textIntegration: sqsIntegration({ MessageBody: '$request.header.x-order' }),
    ...route('POST /orders', 'send'),
    ...route('POST /mapped', 'map'),
    ...route('POST /locked', 'locked'),
    ...route('POST /stranger', 'stranger'),
    ...route('POST /text', 'text'),
    ...route('ANY /echo/{proxy+}', 'echo'),
    ...route('GET /never', 'never'),
    ...route('GET /fails', 'fails'),
  });
  const { url: endpoint } = api.runtime.endpoint;
  sqs = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});

afterAll(async () => {
  sqs?.destroy();
  await api?.[Symbol.asyncDispose]();
});

async function received() {
  const QueueUrl = `${api.runtime.endpoint.url}/000000000000/orders`;
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 }),
  );
  return Messages.map(({ Body, MessageAttributes }) => ({ Body, MessageAttributes }));
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.fetch(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });

describe('a first-class integration with SQS', () => {
  test('sends the body of the request, and answers what SQS answers', async () => {
    const response = await post('/orders', { orderId: 'a' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/xml']);
    expect(await response.text()).toMatch(/<SendMessageResult><MessageId>[\da-f-]{36}<\/MessageId>/);
    expect(await received()).toEqual([{ Body: '{"orderId":"a"}', MessageAttributes: undefined }]);
  });

  test('maps parts of the request to parameters', async () => {
    const attributes = { kind: { DataType: 'String', StringValue: 'pizza' } };
    expect((await post('/mapped', { order: { items: ['one', 'two'] }, attributes })).status).toBe(200);
    expect(await received()).toMatchObject([{ Body: 'one', MessageAttributes: attributes }]);
    expect((await post('/text', '', { 'x-order': 'from a header' })).status).toBe(200);
    expect(await received()).toMatchObject([{ Body: 'from a header' }]);
  });

  test('refuses a request in which a required parameter has no value', async () => {
    const response = await post('/mapped', { order: {} });
    expect([response.status, await response.text()]).toEqual([400, '{"message":"Bad Request"}']);
  });

  test('has the policies of its role enforced, and a role must trust API Gateway', async () => {
    const denied = await post('/locked', 'a');
    expect(denied.status).toBe(403);
    expect(await denied.text()).toContain('<Code>AccessDenied</Code>');
    const untrusted = await post('/stranger', 'a');
    expect([untrusted.status, await untrusted.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  test.each([
    [{ IntegrationSubtype: 'EventBridge-PutEvents' }, 'needs the parameter Detail'],
    [{ IntegrationSubtype: 'Kinesis-PutRecord' }, 'RESOURCE_UNSUPPORTED'],
    [{ IntegrationSubtype: 'SQS-Send' }, 'there is no integration subtype SQS-Send'],
    [{ RequestParameters: { QueueUrl: 'a' } }, 'needs the parameter MessageBody'],
    [{ RequestParameters: { QueueUrl: 'a', MessageBody: '$request.body..deep' } }, 'Invalid source'],
    [{ RequestParameters: { QueueUrl: 'a', MessageBody: 'b', Odd: 'c' } }, 'has no parameter Odd'],
    [{ CredentialsArn: { Ref: 'AWS::NoValue' } }, 'needs a role'],
    [{ IntegrationType: 'HTTP_PROXY' }, 'RESOURCE_UNSUPPORTED'],
  ])('is refused with %j: %s', (properties, message) => {
    const resources = {
      ...httpApi(),
      Orders: queueWith({}),
      Sender: sender('apigateway.amazonaws.com'),
      sendIntegration: sqsIntegration({ MessageBody: '$request.body' }, properties),
    };
    expect(refusalOf(resources).message).toContain(message);
  });
});

test('gives a function the event of payload format 1.0', async () => {
  const response = await api.fetch('/echo/a/b?x=1&x=2', {
    method: 'POST',
    headers: { 'X-Custom': 'yes', 'content-type': 'text/plain', 'user-agent': 'test' },
    body: 'hello',
  });
  expect(await response.json()).toEqual({
    version: '1.0',
    resource: '/echo/{proxy+}',
    path: '/echo/a/b',
    httpMethod: 'POST',
    headers: expect.objectContaining({ 'x-custom': 'yes', 'content-type': 'text/plain' }),
    multiValueHeaders: expect.objectContaining({ 'x-custom': ['yes'] }),
    queryStringParameters: { x: '2' },
    multiValueQueryStringParameters: { x: ['1', '2'] },
    requestContext: expect.objectContaining({
      authorizer: { claims: null, scopes: null },
      httpMethod: 'POST',
      identity: expect.objectContaining({ sourceIp: '127.0.0.1', userAgent: 'test', userArn: null }),
      path: '/echo/a/b',
      requestTimeEpoch: expect.any(Number),
      resourcePath: '/echo/{proxy+}',
      stage: '$default',
    }),
    pathParameters: { proxy: 'a/b' },
    stageVariables: { kind: 'pizza' },
    body: 'hello',
    isBase64Encoded: false,
  });
});

test('an integration that does not answer in time is a 503', async () => {
  const response = await api.fetch('/never');
  expect([response.status, await response.text()]).toEqual([503, '{"message":"Service Unavailable"}']);
});

test('each request is a line of the access log, with a hyphen for what is not there', async () => {
  await api.fetch('/fails');
  const { url: endpoint } = api.runtime.endpoint;
  const logs = new CloudWatchLogsClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: 'access' }));
  logs.destroy();
  const lines = events.map(({ message = '' }) => JSON.parse(message) as Record<string, string>);
  expect(lines.at(-1)).toEqual({
    id: expect.stringMatching(/^.{15}=$/),
    route: 'GET /fails',
    status: '500',
    ip: '127.0.0.1',
    length: '35',
    error: 'Internal Server Error',
    integration: expect.stringContaining('The Lambda function returned the following error'),
    nothing: '-',
  });
});
