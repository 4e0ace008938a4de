import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import {
  ContainerImage,
  type ContainerDefinitionOptions,
  FargateTaskDefinition,
  LogDrivers,
} from 'aws-cdk-lib/aws-ecs';
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { readAssembly } from '../../src/assembly/read-assembly.ts';
import { systemClock } from '../../src/clock.ts';
import { EventStream } from '../../src/events.ts';
import type { LocalModel } from '../../src/model.ts';
import { TemporaryFolder } from '../../src/processes.ts';
import { createAuthorizer } from '../../src/services/iam/authorizer.ts';
import { services } from '../../src/services/index.ts';

interface Variant {
  readonly dockerfile?: string;
  readonly container?: Partial<ContainerDefinitionOptions>;
  /** Who may assume the task role. */
  readonly trusted?: string;
  /** Who may assume the execution role, which has no permissions; default: the role that the CDK makes. */
  readonly executionTrusted?: string;
}

/** Reads a task definition as a start does. */
function readTask(variant: Variant) {
  const { dockerfile = 'FROM node:24-slim\nCOPY main.mjs /', container, trusted = 'ecs-tasks' } = variant;
  using folder = new TemporaryFolder('task-');
  const image = join(folder.path, 'image');
  mkdirSync(image);
  writeFileSync(join(image, 'Dockerfile'), dockerfile);
  writeFileSync(join(image, 'main.mjs'), '');
  const app = new App({ outdir: join(folder.path, 'cdk.out') });
  const stack = new Stack(app, 'Web');
  const taskRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal(`${trusted}.amazonaws.com`) });
  const executionRole =
    variant.executionTrusted === undefined ? undefined : roleWithout(stack, variant.executionTrusted);
  const task = new FargateTaskDefinition(stack, 'Task', { taskRole, ...(executionRole && { executionRole }) });
  task.addContainer('web', { image: ContainerImage.fromAsset(image), ...container });
  app.synth();
  return readAssembly(join(folder.path, 'cdk.out'), { endpointUrl: 'http://127.0.0.1:4566', check });
}

/** A role that the CDK gives no permissions. */
function roleWithout(stack: Stack, trusted: string): IRole {
  const assumedBy = new ServicePrincipal(`${trusted}.amazonaws.com`);
  return new Role(stack, 'Execution', { assumedBy }).withoutPolicyUpdates();
}

function check(model: LocalModel): void {
  const about = { mode: 'enforce', events: new EventStream(), clock: systemClock } as const;
  const authorizer = createAuthorizer({ ...model, services, ...about });
  for (const service of services) service.validate?.(model, authorizer);
}

describe('a task definition', () => {
  test('of an image that only copies is read', () => {
    const { taskDefinitions, limited } = readTask({
      container: { command: ['node', '/main.mjs'] },
    });
    expect(taskDefinitions[0]?.containers).toMatchObject([
      { name: 'web', essential: true, command: ['node', '/main.mjs'], ports: [], stopTimeoutSeconds: 30 },
    ]);
    expect(limited).toEqual([]);
  });

  test('of another Node.js is read, and said to run on this one', () => {
    const { limited } = readTask({ dockerfile: 'FROM node:20\nCOPY main.mjs /' });
    expect(limited.map(({ limit }) => limit)).toEqual([expect.stringContaining('It asks for node:20, and runs on')]);
  });

  test.each<[string, Variant, string]>([
    [
      'whose image is built',
      { dockerfile: 'FROM node:24\nRUN npm ci' },
      'Line 2 of the Dockerfile: RUN is not followed',
    ],
    ['that copies what is not there', { dockerfile: 'FROM node:24\nCOPY dist .' }, 'CODE_NOT_FOUND at Web'],
    [
      'of a registry',
      { container: { image: ContainerImage.fromRegistry('nginx') } },
      'The image nginx is not built from a folder',
    ],
    [
      'that is logged elsewhere',
      { container: { logging: LogDrivers.jsonFile() } },
      'The only log driver here is awslogs',
    ],
    ['whose role ECS may not assume', { trusted: 'lambda' }, 'ECS was unable to assume the role'],
    [
      'whose execution role ECS may not assume',
      { executionTrusted: 'ec2' },
      '/Properties/ExecutionRoleArn: AWS would refuse this with ClientException: ECS was unable to assume',
    ],
    [
      'whose execution role may not write the logs',
      { executionTrusted: 'ecs-tasks', container: { logging: LogDrivers.awsLogs({ streamPrefix: 'web' }) } },
      'Grant logs:CreateLogStream on the log group to the execution role',
    ],
  ])('%s is refused', (_, variant, message) => {
    expect(() => readTask(variant)).toThrow(message);
  });
});
