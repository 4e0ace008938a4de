import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventStream, type RuntimeEvent } from '../../../local/events.ts';
import type { IamMode } from '../../../local/iam/authorizer.ts';
import { startRuntime } from '../../../local/runtime.ts';
import { pipelineNames } from '../../../ops/start/pipeline-names.ts';
import { synthesize } from '../../../ops/synthesize.ts';
import { Command } from '../../ops/serve/served.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'iam-'));
  const signal = new AbortController().signal;
  await synthesize({ outputDirectory: join(folder, 'whole'), context: { preset: 'production' }, signal });
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Policy {
  readonly Type: string;
  readonly Properties: { PolicyDocument: { Statement: { Action: string | string[] }[] } };
}

/** The project's own assembly, as if the line of the stack that grants `action` were gone. */
function assemblyWithout(action: string): string {
  const assembly = join(folder, `without-${action.replace(':', '-')}`);
  cpSync(join(folder, 'whole'), assembly, { recursive: true });
  const file = join(assembly, 'OrderPipeline.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as { Resources: Record<string, Policy> };
  let removed = 0;
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::IAM::Policy') continue;
    const { PolicyDocument } = Properties;
    const kept = PolicyDocument.Statement.filter(({ Action }) => ![Action].flat().includes(action));
    removed += PolicyDocument.Statement.length - kept.length;
    PolicyDocument.Statement = kept;
  }
  expect(removed).toBeGreaterThan(0);
  writeFileSync(file, JSON.stringify(template));
  return assembly;
}

/** The assembly, running, and what a developer does with it. */
async function running(assembly: string, iam: IamMode) {
  const events = new EventStream();
  const emitted: RuntimeEvent[] = [];
  events.subscribe((event) => emitted.push(event));
  const runtime = await startRuntime({ assembly, events, port: 0, iam });
  const { region, queues } = runtime.model;
  const client = {
    endpoint: runtime.endpoint.url,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const lambda = new LambdaClient(client);
  const sqs = new SQSClient(client);
  const { ordersQueue, generateOrders } = pipelineNames(runtime.model);
  const orders = queues.find(({ name }) => name === ordersQueue);
  return {
    sqs,
    ordersArn: orders?.arn ?? '',
    ordersUrl: `${runtime.endpoint.url}/${runtime.model.accountId}/${ordersQueue}`,
    async produce(count = 3): Promise<string> {
      const request = { FunctionName: generateOrders, Payload: JSON.stringify({ count }), LogType: 'Tail' } as const;
      const { Payload, LogResult = '' } = await lambda.send(new InvokeCommand(request));
      return `${Payload?.transformToString()}\n${Buffer.from(LogResult, 'base64').toString()}`;
    },
    /** Settles when so many messages have been deleted by mappings. */
    async deleted(count: number): Promise<void> {
      while (deletions(emitted) < count) await new Promise<void>((resolve) => events.subscribe(() => resolve()));
    },
    sent: () => emitted.flatMap((event) => (event.type === 'messages-sent' ? event.messages : [])).length,
    notices: () => emitted.flatMap((event) => (event.type === 'notice' ? [event.message] : [])),
    async [Symbol.asyncDispose]() {
      lambda.destroy();
      sqs.destroy();
      await runtime[Symbol.asyncDispose]();
    },
  };
}

function deletions(events: readonly RuntimeEvent[]): number {
  return events.flatMap((event) => (event.type === 'batch-ended' ? event.deleted : [])).length;
}

const denial = (ordersArn: string) =>
  new RegExp(
    String.raw`User: arn:aws:sts::000000000000:assumed-role/OrderPipeline-GenerateOrders\S+ is not authorized to ` +
      `perform: sqs:sendmessage on resource: ${ordersArn} because no identity-based policy allows the ` +
      'sqs:sendmessage action',
  );

describe('a stack whose producer may not send', () => {
  test('fails as on AWS, naming action and resource', async () => {
    await using pipeline = await running(assemblyWithout('sqs:SendMessage'), 'enforce');
    const said = await pipeline.produce();
    expect(said).toMatch(denial(pipeline.ordersArn));
    expect(said).toContain('AccessDenied');
    expect(pipeline.sent()).toBe(0);
  });

  test('runs with audit, which says what AWS would deny, once', async () => {
    await using pipeline = await running(assemblyWithout('sqs:SendMessage'), 'audit');
    await pipeline.produce();
    await pipeline.produce();
    expect(pipeline.sent()).toBe(6);
    expect(pipeline.notices()).toEqual([expect.stringMatching(denial(pipeline.ordersArn))]);
    expect(pipeline.notices()[0]).toMatch(/^IAM would deny this call: /);
  });

  test('runs with off, silently', async () => {
    await using pipeline = await running(assemblyWithout('sqs:SendMessage'), 'off');
    await pipeline.produce();
    expect(pipeline.sent()).toBe(3);
    expect(pipeline.notices()).toEqual([]);
  });

  test('leaves the developer free to do everything', async () => {
    await using pipeline = await running(assemblyWithout('sqs:SendMessage'), 'enforce');
    const QueueUrl = pipeline.ordersUrl;
    await pipeline.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'mine', DelaySeconds: 900 }));
    await pipeline.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    await pipeline.sqs.send(new PurgeQueueCommand({ QueueUrl }));
    expect(pipeline.sent()).toBe(1);
  });
});

test('the whole stack needs nothing that it was not granted', async () => {
  await using pipeline = await running(join(folder, 'whole'), 'audit');
  // UserX among them: process-orders changes its visibility, and failed-orders gets it.
  await pipeline.produce(10);
  await pipeline.deleted(10);
  expect(pipeline.notices()).toEqual([]);
});

describe('a stack whose consumers may not receive', () => {
  const refusal = 'The function execution role does not have permissions to call ReceiveMessage on SQS.';

  test('is refused at the start, in AWS’s words, with what to grant', async () => {
    const assembly = assemblyWithout('sqs:ReceiveMessage');
    await expect(running(assembly, 'enforce')).rejects.toMatchObject({
      code: 'MAPPING_ROLE',
      message: expect.stringContaining(refusal),
      remedy: expect.stringMatching(/^Grant sqs:ReceiveMessage on arn:aws:sqs:us-east-1:000000000000:OrderPipeline-/),
    });
    await using audited = await running(assembly, 'audit');
    expect(audited.notices()).toContainEqual(expect.stringContaining('sqs:receivemessage'));
  });

  test('is one clear message and exit code 1 for npm run local', async () => {
    const assembly = assemblyWithout('sqs:ReceiveMessage');
    await using command = new Command(['node', 'bin/local.ts', '--assembly', assembly, '--port', '0']);
    expect(await command.exited).toBe(1);
    expect(command.output).toContain(refusal);
    expect(command.output).not.toContain('    at ');
  });
});
