import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { queueWith } from '../../src/testing/written-assembly.ts';
import { httpApi, roleFor, route, type RunningApi, startApi } from './written-api.ts';

/** As HttpEventBridgeIntegration of the CDK makes it, with its default mapping. */
const eventIntegration = (requestParameters: object = {}, bus: object = { Ref: 'Bus' }) => ({
  Type: 'AWS::ApiGatewayV2::Integration',
  Properties: {
    ApiId: { Ref: 'Api' },
    ConnectionType: 'INTERNET',
    CredentialsArn: { 'Fn::GetAtt': ['Putter', 'Arn'] },
    IntegrationSubtype: 'EventBridge-PutEvents',
    IntegrationType: 'AWS_PROXY',
    PayloadFormatVersion: '1.0',
    RequestParameters: {
      Detail: '$request.body.Detail',
      DetailType: '$request.body.DetailType',
      Source: '$request.body.Source',
      EventBusName: bus,
      ...requestParameters,
    },
  },
});

/** A bus whose events go to the queue `orders`, and a role that may put events onto it. */
const bus = {
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop' } },
  Putter: roleFor('apigateway.amazonaws.com', [
    { Effect: 'Allow', Action: 'events:PutEvents', Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] } },
  ]),
  FromBus: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventBusName: { Ref: 'Bus' },
      EventPattern: { source: ['shop'] },
      Targets: [{ Id: 'queue', Arn: { 'Fn::GetAtt': ['Orders', 'Arn'] } }],
    },
  },
  LetsRuleSend: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Orders' }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: { 'Fn::GetAtt': ['Orders', 'Arn'] },
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['FromBus', 'Arn'] } } },
          },
        ],
      },
    },
  },
};

let api: RunningApi;
let sqs: SQSClient;

beforeAll(async () => {
  api = await startApi({
    ...httpApi(),
    Orders: queueWith({ QueueName: 'orders' }),
    ...bus,
    eventIntegration: eventIntegration({
      Resources: '$request.body.Resources',
      Time: '$request.body.Time',
      TraceHeader: '$request.header.x-amzn-trace-id',
    }),
    defaultBusIntegration: eventIntegration({}, { Ref: 'AWS::NoValue' }),
    ...route('POST /events', 'event'),
    ...route('POST /default-bus', 'defaultBus'),
  });
  const { url: endpoint } = api.runtime.endpoint;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
});

afterAll(async () => {
  sqs?.destroy();
  await api?.[Symbol.asyncDispose]();
});

const post = (path: string, body: unknown) => api.fetch(path, { method: 'POST', body: JSON.stringify(body) });

describe('a first-class integration with EventBridge', () => {
  const placed = { Source: 'shop', DetailType: 'OrderPlaced', Detail: { orderId: 'a' } };

  test('puts an event onto a bus, whose rules get it, and answers what EventBridge answers', async () => {
    const response = await post('/events', { ...placed, Resources: ['arn:a', 'arn:b'], Time: '2026-01-02T03:04:05Z' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-amz-json-1.1']);
    const answer = (await response.json()) as { Entries: { EventId: string }[] };
    expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) as unknown }] });
    const QueueUrl = `${api.runtime.endpoint.url}/000000000000/orders`;
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    expect(JSON.parse(Messages?.[0]?.Body ?? '')).toMatchObject({
      id: answer.Entries[0]?.EventId,
      'detail-type': 'OrderPlaced',
      time: '2026-01-02T03:04:05Z',
      resources: ['arn:a', 'arn:b'],
      detail: { orderId: 'a' },
    });
  });

  test('answers 200 with what is wrong with the entry', async () => {
    const response = await post('/events', { ...placed, Detail: '[]', Resources: 'arn:a,arn:b', Time: '1767323045' });
    expect([response.status, await response.json()]).toEqual([
      200,
      { FailedEntryCount: 1, Entries: [{ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }] },
    ]);
  });

  test.each([
    ['no source', { Source: undefined }],
    ['a time that is none', { Time: 'noon' }],
    ['resources that are no texts', { Resources: [1] }],
  ])('refuses a request with %s', async (_what, part) => {
    const response = await post('/events', { ...placed, ...part });
    expect([response.status, await response.text()]).toEqual([400, '{"message":"Bad Request"}']);
  });

  test('has the policies of its role enforced', async () => {
    const denied = await post('/default-bus', placed);
    expect(denied.status).toBe(400);
    expect(await denied.json()).toMatchObject({
      message: expect.stringContaining('not authorized to perform: events:PutEvents') as unknown,
    });
  });
});
