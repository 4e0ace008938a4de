import { randomBytes } from 'node:crypto';
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListExportsCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Endpoint, startEndpoint } from '../../src/endpoint/server.ts';
import { EventStream } from '../../src/events.ts';
import { CloudFormationService } from '../../src/services/cloudformation.ts';
import { createAuthorizer } from '../../src/services/iam/authorizer.ts';
import { CredentialRegistry } from '../../src/services/iam/credentials.ts';
import { services } from '../../src/services/index.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { consumer, queueWith, readStacks } from '../../src/testing/written-assembly.ts';

const clock = new ManualClock();
const events = new EventStream();
const registry = new CredentialRegistry(randomBytes);
const shop = {
  Description: 'Orders & more.',
  Resources: { ...consumer, Orders: queueWith({ QueueName: 'orders' }) },
  Outputs: { Url: { Value: { Ref: 'Orders' }, Description: 'Where <orders> go.', Export: { Name: 'url' } } },
};
const other = { template: { Resources: { Bad: queueWith({ QueueName: 'bad' }) } } };
const model = readStacks({ Shop: { template: shop }, Other: other });
const shopArn = model.stacks[0]?.arn ?? '';

let endpoint: Endpoint;
let client: CloudFormationClient;
let service: CloudFormationService;

function clientWith(credentials: { accessKeyId: string; secretAccessKey: string }): CloudFormationClient {
  return new CloudFormationClient({ endpoint: endpoint.url, region: 'us-east-1', credentials, maxAttempts: 1 });
}

beforeAll(async () => {
  service = new CloudFormationService(model, clock);
  endpoint = await startEndpoint({
    port: 0,
    nextFreePort: false,
    events,
    clock,
    rpcServices: [service.rpc],
    restServices: [],
    resolveCaller: (accessKeyId) => registry.callerFor(accessKeyId),
    authorize: createAuthorizer({ ...model, services, mode: 'enforce', events, clock }),
  });
  client = clientWith({ accessKeyId: 'test', secretAccessKey: 'test' });
});

afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

describe('DescribeStacks', () => {
  test('tells a stack with its outputs, by name and by ARN', async () => {
    for (const StackName of ['Shop', shopArn]) {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
      expect(Stacks).toEqual([
        expect.objectContaining({
          StackId: shopArn,
          StackName: 'Shop',
          Description: 'Orders & more.',
          StackStatus: 'CREATE_COMPLETE',
          CreationTime: new Date(clock.now()),
          Outputs: [
            {
              OutputKey: 'Url',
              OutputValue: 'http://127.0.0.1:4566/000000000000/orders',
              Description: 'Where <orders> go.',
              ExportName: 'url',
            },
          ],
        }),
      ]);
    }
  });

  test('tells all stacks when none is named', async () => {
    const { Stacks } = await client.send(new DescribeStacksCommand({}));
    expect(Stacks?.map(({ StackName }) => StackName)).toEqual(['Shop', 'Other']);
  });

  test('refuses a stack that does not exist', async () => {
    await expect(client.send(new DescribeStacksCommand({ StackName: 'Nowhere' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id Nowhere does not exist',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('needs permission when a function calls', async () => {
    const [fn] = model.functions;
    const credentials = registry.issue({ roleArn: fn?.roleArn ?? '', sessionName: fn?.name ?? '' });
    const denied = clientWith(credentials);
    await expect(denied.send(new DescribeStacksCommand({ StackName: 'Shop' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`perform: cloudformation:DescribeStacks on resource: ${shopArn} because no`),
      $metadata: { httpStatusCode: 403 },
    });
    denied.destroy();
  });
});

describe('ListStacks', () => {
  test('tells names and states, and none in other states', async () => {
    const { StackSummaries } = await client.send(new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }));
    expect(StackSummaries?.map(({ StackName }) => StackName)).toEqual(['Shop', 'Other']);
    const deleted = await client.send(new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }));
    expect(deleted.StackSummaries ?? []).toEqual([]);
  });
});

describe('the resources of a stack', () => {
  const orders = {
    LogicalResourceId: 'Orders',
    PhysicalResourceId: 'http://127.0.0.1:4566/000000000000/orders',
    ResourceType: 'AWS::SQS::Queue',
    ResourceStatus: 'CREATE_COMPLETE',
  };

  test('are listed', async () => {
    const { StackResourceSummaries } = await client.send(new ListStackResourcesCommand({ StackName: 'Shop' }));
    expect(StackResourceSummaries?.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual([
      'Role',
      'Consumer',
      'Orders',
    ]);
    expect(StackResourceSummaries).toContainEqual(expect.objectContaining(orders));
  });

  test('are described, one of them or all, found by stack or by physical id', async () => {
    const one = await client.send(new DescribeStackResourceCommand({ StackName: 'Shop', LogicalResourceId: 'Orders' }));
    expect(one.StackResourceDetail).toMatchObject({ ...orders, StackName: 'Shop', StackId: shopArn });
    const narrowed = await client.send(
      new DescribeStackResourcesCommand({ StackName: 'Shop', LogicalResourceId: 'Orders' }),
    );
    expect(narrowed.StackResources).toEqual([expect.objectContaining(orders)]);
    const { PhysicalResourceId } = orders;
    const found = await client.send(new DescribeStackResourcesCommand({ PhysicalResourceId }));
    expect(found.StackResources?.map(({ StackName }) => StackName)).toEqual(['Shop', 'Shop', 'Shop']);
  });

  test('that do not exist are refused', async () => {
    const command = new DescribeStackResourceCommand({ StackName: 'Shop', LogicalResourceId: 'Nothing' });
    await expect(client.send(command)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Resource Nothing does not exist for stack Shop',
    });
    await expect(client.send(new ListStackResourcesCommand({ StackName: 'Nowhere' }))).rejects.toMatchObject({
      message: 'Stack with id Nowhere does not exist',
    });
  });
});

test('GetTemplate answers the template, and ListExports what stacks export', async () => {
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: 'Shop' }));
  expect(JSON.parse(TemplateBody ?? '')).toEqual(shop);
  expect((await client.send(new ListExportsCommand({}))).Exports).toEqual([
    { ExportingStackId: shopArn, Name: 'url', Value: 'http://127.0.0.1:4566/000000000000/orders' },
  ]);
});

test('after a reload, the stack whose template changed is updated, and the others are as they were', async () => {
  const createdAtMs = clock.now();
  await clock.advance(1_000);
  service.update(readStacks({ Shop: { template: { ...shop, Description: 'Other words.' } }, Other: other }));
  const { Stacks } = await client.send(new DescribeStacksCommand({}));
  expect(Stacks).toMatchObject([
    { StackName: 'Shop', StackStatus: 'UPDATE_COMPLETE', LastUpdatedTime: new Date(createdAtMs + 1_000) },
    { StackName: 'Other', StackStatus: 'CREATE_COMPLETE' },
  ]);
  const waited = await waitUntilStackUpdateComplete({ client, maxWaitTime: 60 }, { StackName: 'Shop' });
  expect(waited.state).toBe('SUCCESS');
  const updated = await client.send(new ListStacksCommand({ StackStatusFilter: ['UPDATE_COMPLETE'] }));
  expect(updated.StackSummaries?.map(({ StackName }) => StackName)).toEqual(['Shop']);
  const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: 'Shop' }));
  expect(StackEvents?.map(({ ResourceStatus }) => ResourceStatus)).toEqual(['UPDATE_COMPLETE', 'CREATE_COMPLETE']);
});
