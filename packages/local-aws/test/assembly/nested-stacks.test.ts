import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, CfnOutput, CfnStack, NestedStack, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { readAssembly } from '../../src/assembly/read-assembly.ts';
import { EventStream, type RuntimeEvent } from '../../src/events.ts';
import { startRuntime } from '../../src/runtime.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { endpointUrl } from '../../src/testing/written-assembly.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'nested-'));
});

afterAll(() => rmSync(directory, { recursive: true }));

const code = 'exports.handler = async ({ Records }) => console.log(process.env.NEXT, Records[0].body);';

/** A stack with a nested stack that has a queue and the function that works for it, and in it another with a queue. */
function synthesized(name: string, add: (stack: Stack) => void = () => undefined): string {
  const outdir = join(directory, name);
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Shop');
  const done = new Queue(stack, 'Done', { queueName: 'done' });
  const work = new NestedStack(stack, 'Work');
  const orders = new Queue(work, 'Orders');
  const fn = new LambdaFunction(work, 'Worker', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline(code),
    environment: { NEXT: done.queueUrl },
  });
  fn.addEventSource(new SqsEventSource(orders));
  done.grantSendMessages(fn);
  void new Queue(new NestedStack(work, 'Inner'), 'Deep', { queueName: 'deep' });
  void new CfnOutput(stack, 'OrdersUrl', { value: orders.queueUrl });
  add(stack);
  app.synth();
  return outdir;
}

const read = (outdir: string, skip: readonly string[] = []) =>
  readAssembly(outdir, { endpointUrl, codeRoot: join(directory, 'code'), skip });

describe('a nested stack', () => {
  test('runs as it is, and CloudFormation tells it with its parent', async () => {
    const events = new EventStream();
    const told: RuntimeEvent[] = [];
    events.subscribe((event) => told.push(event));
    await using runtime = await startRuntime({ assembly: synthesized('running'), events, port: 0 });
    const settings = {
      endpoint: runtime.endpoint.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'any' },
    };
    const [cloudFormation, sqs] = [new CloudFormationClient(settings), new SQSClient(settings)];
    const { Stacks: [shop] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'Shop' }));
    const QueueUrl = shop?.Outputs?.find(({ OutputKey }) => OutputKey === 'OrdersUrl')?.OutputValue;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'pizza' }));
    const logged = await eventually(
      () => told.find((event) => event.type === 'log' && event.source === 'function'),
      (event) => event !== undefined,
    );
    expect(logged).toMatchObject({ message: expect.stringMatching(/\/000000000000\/done pizza/) as unknown });

    const { StackSummaries = [] } = await cloudFormation.send(new ListStacksCommand({}));
    const [outer, work, inner] = StackSummaries;
    expect(work?.StackName).toMatch(/^Shop-Work\w+-[0-9A-Z]{12}$/);
    expect(inner?.StackName).toContain(`${work?.StackName}-Inner`.slice(0, 40));
    expect(outer).not.toHaveProperty('ParentId');
    expect([work, inner]).toMatchObject([
      { ParentId: outer?.StackId, RootId: outer?.StackId },
      { ParentId: work?.StackId, RootId: outer?.StackId },
    ]);
    const resourcesOf = async (StackName: string | undefined) =>
      (await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }))).StackResources ?? [];
    expect(await resourcesOf('Shop')).toContainEqual(
      expect.objectContaining({ ResourceType: 'AWS::CloudFormation::Stack', PhysicalResourceId: work?.StackId }),
    );
    expect(await resourcesOf(inner?.StackId)).toMatchObject([{ ResourceType: 'AWS::SQS::Queue' }]);
    cloudFormation.destroy();
    sqs.destroy();
  });

  test('gives its resources names of its own, the same each time', () => {
    const outdir = synthesized('named');
    const [first, second] = [read(outdir), read(outdir)];
    const names = first.queues.map(({ name }) => name);
    expect(names).toEqual(['done', expect.stringMatching(/^Shop-Work\w+-\w+-Or\w*-[0-9A-Z]{12}$/), 'deep']);
    expect(second.queues.map(({ name }) => name)).toEqual(names);
  });

  test('is left out by choice with all that is in it, and its outputs are made up', () => {
    const model = read(synthesized('skipped'), ['AWS::CloudFormation::Stack']);
    expect(model.queues.map(({ name }) => name)).toEqual(['done']);
    expect(model.functions).toEqual([]);
    expect(model.leftOut).toMatchObject([{ meaning: expect.stringContaining('made-up values') as unknown }]);
    expect(model.stacks[0]?.outputs).toMatchObject([
      { key: 'OrdersUrl', value: expect.stringContaining('left-out') as unknown },
    ]);
  });

  test('whose template is no asset is refused with a remedy that works', () => {
    const templateUrl = 'https://s3.amazonaws.com/bucket/far.json';
    const outdir = synthesized('far', (stack) => new CfnStack(stack, 'Far', { templateUrl }));
    expect(() => read(outdir)).toThrow(
      expect.objectContaining({
        code: 'RESOURCE_UNSUPPORTED',
        message: expect.stringContaining(`${templateUrl}, is no asset of the assembly`) as unknown,
      }),
    );
    expect(read(outdir, ['Far']).queues).toHaveLength(3);
  });

  test('with a template that names itself is refused', () => {
    const outdir = synthesized('circle');
    const file = readdirSync(outdir).find((name) => /Inner.*\.nested\.template\.json$/.test(name))!;
    const parent = readdirSync(outdir).find((name) => /^ShopWork[0-9A-F]+\.nested\.template\.json$/.test(name))!;
    const { Resources } = JSON.parse(readFileSync(join(outdir, parent), 'utf8')) as {
      Resources: Record<string, { Type: string; Properties: object }>;
    };
    const inner = Object.values(Resources).find(({ Type }) => Type === 'AWS::CloudFormation::Stack')!;
    writeFileSync(join(outdir, file), JSON.stringify({ Resources: { Again: inner } }));
    expect(() => read(outdir)).toThrow(expect.objectContaining({ code: 'CIRCULAR_DEPENDENCY' }));
  });
});
