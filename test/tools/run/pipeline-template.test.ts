import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readAssembly } from 'local-aws';
import { queueWith, writeAssembly } from 'local-aws/testing';
import { stackOutputNames } from '../../../shared/pipeline.ts';
import { type Knobs, refuseOutOfRange } from '../../../tools/run/knobs.ts';
import { pipelineNames } from '../../../tools/run/local-pipeline.ts';
import { pipelineStackIn } from '../../../tools/run/pipeline-template.ts';
import { ProjectCopy } from './serve/project-copy.ts';
import { Command } from './serve/served.ts';

/** A stack with the outputs of a pipeline. */
const pipeline = (name: string) => ({
  template: {
    Resources: { Orders: queueWith({ QueueName: `${name}-orders` }) },
    Outputs: Object.fromEntries(
      Object.values(stackOutputNames).map((output) => [output, { Value: `${name}-${output}` }]),
    ),
  },
});
const other = { template: { Resources: { Uploads: queueWith({}) } } };
const written: string[] = [];

function assemblyOf(stacks: Parameters<typeof writeAssembly>[0]): string {
  const folder = writeAssembly(stacks);
  written.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of written) rmSync(folder, { recursive: true });
});

describe('the stack that is the pipeline', () => {
  test('is found by its outputs, whatever else is in the app', () => {
    const assembly = assemblyOf({ Photos: other, Renamed: pipeline('a'), Films: other });
    expect(pipelineStackIn(assembly, 'OrderPipeline')).toMatchObject({ name: 'Renamed', others: ['Photos', 'Films'] });
  });

  test('is the one of the wanted name, where several are pipelines', () => {
    const stacks = { OrderPipeline: pipeline('a'), Second: pipeline('b') };
    const assembly = assemblyOf(stacks);
    expect(pipelineStackIn(assembly, 'OrderPipeline').name).toBe('OrderPipeline');
    const model = readAssembly(assembly, { endpointUrl: 'http://127.0.0.1:4566', codeRoot: assembly });
    expect(pipelineNames(model, 'OrderPipeline').ordersTable).toBe('a-OrdersTableName');
    expect(pipelineNames(model, 'Second').ordersTable).toBe('b-OrdersTableName');
  });

  test('is not guessed', () => {
    expect(() => pipelineStackIn(assemblyOf({ A: pipeline('a'), B: pipeline('b') }), 'OrderPipeline')).toThrow(
      'The stacks A, B are pipelines, and none is named OrderPipeline.',
    );
    expect(() => pipelineStackIn(assemblyOf({ Photos: other }), 'OrderPipeline')).toThrow(
      'None of the stacks Photos has the outputs of the pipeline: OrdersQueueUrl,',
    );
  });
});

test.each<[Partial<Knobs>, string]>([
  [
    { batchSize: 0 },
    "--batch-size is 0. AWS would refuse this with ValidationException: 1 validation error detected: Value '0' at 'batchSize' failed to satisfy constraint: Member must have value greater than or equal to 1.",
  ],
  [
    { window: 301 },
    "Value '301' at 'maximumBatchingWindowInSeconds' failed to satisfy constraint: Member must have value less than or equal to 300.",
  ],
  [
    { maxConcurrency: 1 },
    "Value '1' at 'scalingConfig.maximumConcurrency' failed to satisfy constraint: Member must have value greater than or equal to 2.",
  ],
  [{ visibilityTimeout: 43_201 }, 'InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout.'],
  [{ maxReceiveCount: 0 }, 'Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.'],
])('%j is refused in AWS’s words', (knobs, words) => {
  expect(() => refuseOutOfRange({ dlq: true, ...knobs })).toThrow(words);
});

describe('npm start', () => {
  let project: ProjectCopy;

  beforeAll(() => {
    project = new ProjectCopy();
  });
  afterAll(() => project[Symbol.dispose]());

  const start = (...args: string[]) =>
    new Command(['node', 'bin/start.ts', '--seed', '7', ...args], { directory: project.directory });

  test('turns the settings of the orders queue and its consumer', async () => {
    await using command = start('--batch-size', '1', '--max-receive-count', '2', '--shuffle', '3');
    expect(await command.exited).toBe(0);
    expect(command.output).toContain('Failed Order  UserX  orderId=');
    // The receive that failed-orders sees is the next after the last of process-orders.
    expect(command.output).toMatch(/Failed Order {2}UserX .* receiveCount=3 /);
    expect(command.output).toContain('sent 10 = processed 9 + failed 1');
    const [, batches, messages] = /process-orders +\w+ +(\d+) batch(?:es)?, (\d+) message/.exec(command.output) ?? [];
    expect(batches).toBe(messages);
  });

  test('refuses in AWS’s words what depends on several settings', async () => {
    await using command = start('--batch-size', '11');
    expect(await command.exited).toBe(1);
    expect(command.output).toContain(
      'AWS would refuse this with InvalidParameterValueException: Maximum batch window in seconds must be greater than 0',
    );
  });

  test('runs the pipeline of an app with a second stack, and says which', async () => {
    project.save(
      'bin/app.ts',
      `import { CfnOutput, Stack } from 'aws-cdk-lib';
       import { createApp } from '../lib/order-pipeline-app.ts';
       const { app } = createApp();
       const second = new Stack(app, 'Second');
       new CfnOutput(second, 'OrdersTableName', { value: 'wrong' });
       app.synth();`,
    );
    await using command = start('--count', '3');
    expect(await command.exited).toBe(0);
    expect(command.output).toContain('Running the stack OrderPipeline, and none of the others: Second.');
    expect(command.output).toContain('sent 3 = processed 3 + failed 0');
  });
});
