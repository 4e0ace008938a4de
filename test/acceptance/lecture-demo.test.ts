import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventStream, type RuntimeEvent, startRuntime } from 'local-aws';
import { ManualClock } from 'local-aws/testing';
import { serveLocally } from '../tools/run/serve/served.ts';

const app = fileURLToPath(new URL('./lecture-demo/app.ts', import.meta.url));
let project: string;

/** As `cdk synth` in a project of ES modules: cdk.out lies below a package.json that says so. */
function synthesize(outputDirectory: string, context: object): string {
  const directory = join(project, outputDirectory);
  const { status, stderr } = spawnSync(process.execPath, [app], {
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_VALIDATION: 'false',
    },
  });
  if (status !== 0) throw new Error(stderr);
  return directory;
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'lecture-demo-'));
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
});

afterAll(() => rmSync(project, { recursive: true }));

/** Customers that the log lines beginning with `phrase` name. */
function customers(lines: readonly string[], phrase: string): string[] {
  return lines.flatMap((line) => new RegExp(`${phrase} (User\\w)`).exec(line)?.[1] ?? []).toSorted();
}

describe('a template of the lecture demo’s shape, unmodified', () => {
  test('runs: one bad order drags the good ones of its batch into bad-orders', async () => {
    const clock = new ManualClock();
    const events = new EventStream();
    const emitted: RuntimeEvent[] = [];
    events.subscribe((event) => emitted.push(event));
    await using runtime = await startRuntime({
      assembly: synthesize('cdk.out', {}),
      events,
      port: 0,
      clock,
      shuffleSeed: 1,
    });
    const [producer] = runtime.model.functions;
    expect(producer).toMatchObject({ runtime: 'nodejs16.x', architecture: 'arm64', timeoutSeconds: 3 });
    expect(runtime.model.mappings).toEqual(
      [0, 1].map(() =>
        expect.objectContaining({ maximumConcurrency: 2, windowSeconds: 10, reportBatchItemFailures: false }),
      ),
    );
    expect(readdirSync(join(project, 'cdk.out')).filter((name) => name.startsWith('asset.'))).toHaveLength(3);

    const lambda = new LambdaClient({
      endpoint: runtime.endpoint.url,
      region: runtime.model.region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    await lambda.send(new InvokeCommand({ FunctionName: producer?.name ?? '' }));
    lambda.destroy();

    const count = (type: RuntimeEvent['type']) => emitted.filter((event) => event.type === type).length;
    const ended = () =>
      emitted.flatMap((event) => (event.type === 'batch-ended' ? [...event.deleted] : [])).length === 10;
    // The clock stands while functions run: their time is real.
    while (!ended()) {
      if (count('batch-started') === count('batch-ended')) await clock.advance(1000);
      else await new Promise<void>((resolve) => events.subscribe(() => resolve()));
    }
    const lines = emitted.flatMap((event) => (event.type === 'log' ? [event.message] : []));
    const failed = customers(lines, 'Failed Order');
    expect(failed).toContain('UserX');
    expect(failed.length).toBeGreaterThan(1);
    expect(lines.join('\n')).toContain("must have required property 'address'");
    // JSON.stringify of an Error: the reason is lost, as in the lecture.
    expect(lines.join('\n')).toContain('"errorType":"Error","errorMessage":"{}"');
    // Every order comes to one end at least; what a batch did before it threw stays done.
    const good = customers(lines, 'Good Order');
    expect(new Set([...failed, ...good]).size).toBe(10);
    expect(good.length).toBeGreaterThan(0);
  });

  test('is served by npm run local -- --assembly, with shorter times', async () => {
    const assembly = synthesize('short.out', { windowSeconds: 1, visibilityTimeoutSeconds: 3 });
    await using served = await serveLocally(['--assembly', assembly]);
    const { Stacks } = await served.cloudFormation.send(new DescribeStacksCommand({ StackName: 'LectureDemo' }));
    const [output] = Stacks?.[0]?.Outputs ?? [];
    expect(output?.OutputKey).toBe('ProducerName');
    const answer = await served.lambda.send(new InvokeCommand({ FunctionName: output?.OutputValue }));
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ statusCode: 200, body: '10 orders' });

    await served.command.until(/Failed Order UserX .*must have required property 'address'/);
    await served.command.until(/failed-orders .*Failed Order User\d valid/);
    expect(served.command.output).toMatch(/process-orders .*Invoke Error: Error: {}$/m);
  });
});
