import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteQueueCommand, GetQueueUrlCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Code, Function, Runtime as LambdaRuntime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { EventStream, startRuntime } from 'local-aws';
import { diagnose } from 'queue-doctor';
import { appFacts } from 'queue-doctor/cdk';
import { TemporaryFolder } from '../../../tools/run/synthesize.ts';
import { documentOf, orders, type OrdersRun } from './collected-io.ts';
import { type ServedPipeline, servePipeline } from './served-pipeline.ts';

interface Report {
  readonly queues: readonly string[];
  readonly functions: readonly { readonly name: string; readonly measured: { readonly invocations: number } | null }[];
  readonly mappings: readonly string[];
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly subject: object;
    readonly link: string;
  }[];
}

const codesOf = (run: OrdersRun) => documentOf<Report>(run).findings.map(({ code }) => code);

describe('orders doctor, of the pipeline', () => {
  let pipeline: ServedPipeline;
  let sqs: SQSClient;

  beforeAll(async () => {
    pipeline = await servePipeline();
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    sqs = new SQSClient({ endpoint: pipeline.runtime.endpoint.url, region: 'us-east-1', credentials });
  });
  afterAll(async () => {
    sqs.destroy();
    await pipeline[Symbol.asyncDispose]();
  });

  test('finds nothing before and after orders went through, which it has measured then', async () => {
    const before = await pipeline.orders(['doctor']);
    expect(before.exitCode).toBe(0);
    expect(before.stdout).toMatch(
      /^Looked at 3 queues, 3 functions, 2 mappings and 0 invocations since [-\d]+ [:\d]+ UTC\.\n✔ no findings\n$/,
    );

    await pipeline.orders(['generate', '--count', '20']);
    await pipeline.orders(['status', '--wait']);
    const after = await pipeline.orders(['doctor', '--json']);
    expect(after.exitCode).toBe(0);
    const { findings, functions, queues } = documentOf<Report>(after);
    expect(findings).toEqual([]);
    expect(queues.toSorted()).toEqual(
      ['orders', 'bad-orders', 'parked-orders'].map((name) => `OrderPipeline-${name}`).toSorted(),
    );
    const measured = functions.map(({ measured: run }) => run?.invocations ?? 0).toSorted((a, b) => a - b);
    expect(measured).toHaveLength(3);
    expect(measured.at(-1)).toBeGreaterThanOrEqual(2);
  });

  test('finds what somebody changed by hand, in words and with its figures', async () => {
    const QueueUrl = `${pipeline.runtime.endpoint.url}/000000000000/OrderPipeline-orders`;
    const change = (Attributes: Record<string, string>) =>
      sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    await change({ VisibilityTimeout: '9', MessageRetentionPeriod: '1209600' });
    const { exitCode, stdout } = await pipeline.orders(['doctor']);
    await change({ VisibilityTimeout: '60', MessageRetentionPeriod: '345600' });

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^error: dead-letters-expire-early\n {2}OrderPipeline-bad-orders keeps messages for 14 days, OrderPipeline-orders for 14 days: /m,
    );
    expect(stdout).toMatch(
      /^error: timeout-above-visibility\n {2}OrderPipeline-ProcessOrders\S+ may take 10 s, but OrderPipeline-orders shows a message again after 9 s: /m,
    );
    expect(stdout).toContain('\n  docs/doctor.md#timeout-above-visibility\n');
    expect(stdout).toMatch(/\n✘ 2 errors, 0 warnings\n$/);
  });

  test('is an error where a record takes longer than is assumed, and says so', async () => {
    const slow = await pipeline.orders(['doctor', '--slowest-record', '1.5', '--json']);
    expect(slow.exitCode).toBe(1);
    expect(codesOf(slow)).toEqual(['batch-outlasts-timeout', 'batch-outlasts-timeout']);
  });

  test('refuses what it does not understand, and says when there is no such stack', async () => {
    expect(await pipeline.orders(['doctor', '--since', 'yesterday'])).toMatchObject({ exitCode: 2 });
    expect(await pipeline.orders(['doctor', '--slowest-record', '0'])).toMatchObject({ exitCode: 2 });
    const missing = await pipeline.orders(['--stack', 'Elsewhere', 'doctor']);
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^There is no stack Elsewhere at /) });
  });
});

/** A stack that nobody's doctor saw: of the CDK's own constructs, with a function that hangs and logs text. */
function brokenStack(outdir: string): Stack {
  const stack = new Stack(new App({ outdir, analyticsReporting: false }), 'Broken');
  const deadLetterQueue = new Queue(stack, 'Failures', { retentionPeriod: Duration.days(1) });
  const queue = new Queue(stack, 'Work', {
    visibilityTimeout: Duration.seconds(5),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 1 },
  });
  const worker = new Function(stack, 'Worker', {
    code: Code.fromInline('exports.handler = () => new Promise((resolve) => setTimeout(resolve, 60_000))'),
    handler: 'index.handler',
    runtime: LambdaRuntime.NODEJS_24_X,
    timeout: Duration.seconds(1),
    reservedConcurrentExecutions: 1,
  });
  worker.addEventSource(
    new SqsEventSource(queue, { batchSize: 20, maxBatchingWindow: Duration.seconds(4), maxConcurrency: 2 }),
  );
  return stack;
}

/** A stack whose mapping may start more than the account has left: 1,000, of which another function reserves 900. */
function crowdedStack(outdir: string): Stack {
  const stack = new Stack(new App({ outdir, analyticsReporting: false }), 'Crowded');
  const code = Code.fromInline('exports.handler = async () => ({ batchItemFailures: [] })');
  const common = { code, handler: 'index.handler', runtime: LambdaRuntime.NODEJS_24_X };
  const deadLetterQueue = new Queue(stack, 'Failures', { retentionPeriod: Duration.days(14) });
  const queue = new Queue(stack, 'Work', { deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 5 } });
  const reserving = new Function(stack, 'Reserving', { ...common, reservedConcurrentExecutions: 900 });
  reserving.addEnvironment('BESIDE', queue.queueName);
  const worker = new Function(stack, 'Worker', common);
  worker.addEventSource(new SqsEventSource(queue, { maxConcurrency: 101, reportBatchItemFailures: true }));
  return stack;
}

describe('orders doctor, of another stack', () => {
  test('compares what its mappings may start with what the account has left', async () => {
    using folder = new TemporaryFolder();
    (crowdedStack(folder.path).node.root as App).synth();
    await using runtime = await startRuntime({ assembly: folder.path, events: new EventStream(), port: 0 });
    const env = { AWS_ENDPOINT_URL: runtime.endpoint.url };
    const { exitCode, stdout } = await orders(['--local', '--stack', 'Crowded', 'doctor'], { env });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^warning: account-concurrency-too-low\n {2}The account lets 100 invocations run at a time, .* may want 101 /,
    );
    expect(stdout).toMatch(/\n1 warning, no errors\n$/);
  });

  test('finds what synthesis would have found, and what its invocations took', async () => {
    using folder = new TemporaryFolder();
    const stack = brokenStack(folder.path);
    (stack.node.root as App).synth();
    const atSynthesis = diagnose(appFacts(stack).facts).map(({ code }) => code);
    expect(new Set(atSynthesis)).toEqual(
      new Set([
        'dead-letters-expire-early',
        'reserved-concurrency-too-low',
        'few-receives',
        'visibility-too-short',
        'batch-outlasts-timeout',
        'window-too-long',
        'whole-batch-fails',
      ]),
    );

    await using runtime = await startRuntime({ assembly: folder.path, events: new EventStream(), port: 0 });
    const env = { AWS_ENDPOINT_URL: runtime.endpoint.url };
    const doctor = () => orders(['--local', '--stack', 'Broken', 'doctor', '--json'], { env });
    const deployed = await doctor();
    expect(deployed.exitCode).toBe(1);
    expect(codesOf(deployed)).toEqual(atSynthesis);

    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const sqs = new SQSClient({ endpoint: runtime.endpoint.url, region: 'us-east-1', credentials });
    const gone = documentOf<Report>(deployed).queues.find((name) => name.includes('Failures'));
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: gone }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    sqs.destroy();
    // Nothing is said of what is gone.
    expect(codesOf(await doctor())).toEqual(atSynthesis.filter((code) => code !== 'dead-letters-expire-early'));

    const lambda = new LambdaClient({ endpoint: runtime.endpoint.url, region: 'us-east-1', credentials });
    const [worker] = documentOf<Report>(deployed).functions;
    await lambda.send(new InvokeCommand({ FunctionName: worker!.name }));
    lambda.destroy();
    const { findings, functions } = documentOf<Report>(await doctor());
    expect(functions).toMatchObject([{ measured: { invocations: 1, timeouts: 1 } }]);
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'timed-out',
        severity: 'error',
        subject: { kind: 'function', name: worker!.name },
        link: 'docs/doctor.md#timed-out',
      }),
    );
  });
});
