import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type BatchEnded, EventStream, type LogEvent, type Runtime, type RuntimeEvent, startRuntime } from 'local-aws';
import { buildSync } from 'esbuild';
import { PhotoStack } from '../../docs/example-stack.ts';
import { projectRoot, TemporaryFolder } from '../../tools/run/synthesize.ts';
import { EventWatch } from 'local-aws/testing';
import { documentOf, orders } from '../tools/orders/collected-io.ts';

let stack: PhotoStack;
let runtime: Runtime;
let watch: EventWatch;
let sqs: SQSClient;
const folder = new TemporaryFolder();

beforeAll(async () => {
  const app = new App({ outdir: folder.path, analyticsReporting: false });
  stack = new PhotoStack(app, 'Photos');
  app.synth();
  const events = new EventStream();
  watch = new EventWatch(events);
  runtime = await startRuntime({ assembly: folder.path, events, port: 0 });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  sqs = new SQSClient({ endpoint: runtime.endpoint.url, region: 'us-east-1', credentials });
});
afterAll(async () => {
  sqs.destroy();
  await runtime[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const urlOf = async (QueueName: string) => (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;

const isPrinted = (event: RuntimeEvent): event is LogEvent =>
  event.type === 'log' && event.message.includes('"message":"Printed","photos":1');

/** What became of a message's first batch. */
async function sent(MessageBody: string): Promise<BatchEnded> {
  const QueueUrl = await urlOf('Photos-photos');
  const ended = watch.next((event): event is BatchEnded => event.type === 'batch-ended');
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  return ended;
}

test('the example has no more than 30 lines', () => {
  const text = readFileSync(new URL('../../docs/example-stack.ts', import.meta.url), 'utf8');
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
});

test('nothing of it is about orders, but the runbook that its alarms lead to', () => {
  const files = ['example-stack.ts', 'example-handler.ts'].map((name) =>
    readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'),
  );
  const template = JSON.stringify(Template.fromStack(stack).toJSON());
  const own = files.map((text) => text.replaceAll(`'order-pipeline/constructs'`, ''));
  expect([...own, template.replaceAll(/docs\/runbook\.md#[a-z-]+/g, '')].join('\n')).not.toMatch(/order/i);
});

test('the constructs for any stack import nothing of the order pipeline', () => {
  const entry = fileURLToPath(new URL('../../lib/constructs.ts', import.meta.url));
  const { metafile } = buildSync({
    entryPoints: [entry],
    absWorkingDir: projectRoot,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    write: false,
    metafile: true,
  });
  const files = Object.keys(metafile.inputs);
  expect(files).toContain('lib/queue-pair.ts');
  expect(files.filter((file) => /^shared\/|order|configuration\/(?!settings)/.test(file))).toEqual([]);
});

test('it synthesizes without a warning, and watches its queue', () => {
  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  const template = Template.fromStack(stack);
  expect(Object.keys(template.findResources('AWS::SQS::Queue'))).toHaveLength(2);
  expect(Object.keys(template.findResources('AWS::CloudWatch::Alarm')).length).toBeGreaterThanOrEqual(4);
});

test('a photo goes through the queue, is printed and deleted', async () => {
  const printed = watch.next(isPrinted);
  const batch = await sent('photo 17');
  expect(batch).toMatchObject({ queueName: 'Photos-photos', deleted: [expect.any(String)], kept: [] });
  expect(batch.functionName).toMatch(/^Photos-PrintPhotos/);
  expect((await printed).functionName).toBe(batch.functionName);
});

test('what is no photo is kept, to be tried again', async () => {
  expect(await sent('receipt 17')).toMatchObject({ deleted: [], kept: [expect.any(String)] });
});

test('the doctor finds nothing wrong with what is deployed', async () => {
  const env = { AWS_ENDPOINT_URL: runtime.endpoint.url };
  const run = await orders(['--local', '--stack', 'Photos', 'doctor', '--json'], { env });
  expect(run.exitCode).toBe(0);
  expect(documentOf(run)).toMatchObject({
    queues: ['Photos-failed-photos', 'Photos-photos'],
    functions: [{ measured: { invocations: expect.any(Number) } }],
    findings: [],
  });
});
