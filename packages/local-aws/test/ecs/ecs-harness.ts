import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECSClient } from '@aws-sdk/client-ecs';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AwsLogDriver,
  Cluster,
  ContainerImage,
  type FargateServiceProps,
  FargateService,
  FargateTaskDefinition,
  type HealthCheck,
  type ICluster,
} from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { EventStream } from '../../src/events.ts';
import { TemporaryFolder } from '../../src/processes.ts';
import { type Runtime, startRuntime } from '../../src/runtime.ts';
import type { ServiceScheduler } from '../../src/services/ecs/scheduler.ts';
import { EcsService } from '../../src/services/ecs/service.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { EventWatch } from '../../src/testing/event-watch.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

/** A program, and what of its service is not usual. */
interface Program {
  readonly program: string;
  readonly service?: Partial<FargateServiceProps>;
  readonly healthCheck?: HealthCheck;
  readonly stopTimeoutSeconds?: number;
}

/** A service on Fargate that runs, of a program of a few lines, with a clock that the test turns. */
export class EcsHarness implements AsyncDisposable {
  readonly clock = new ManualClock(Date.now());
  readonly watch: EventWatch;
  readonly ecs: ECSClient;
  readonly runtime: Runtime;
  readonly #folder: TemporaryFolder;

  private constructor(runtime: Runtime, parts: { folder: TemporaryFolder; watch: EventWatch; clock: ManualClock }) {
    this.runtime = runtime;
    this.watch = parts.watch;
    this.clock = parts.clock;
    this.#folder = parts.folder;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    this.ecs = new ECSClient({ endpoint: runtime.endpoint.url, region: 'us-east-1', credentials });
  }

  static async start(program: Program): Promise<EcsHarness> {
    const folder = new TemporaryFolder('ecs-');
    const events = new EventStream();
    const watch = new EventWatch(events);
    const clock = new ManualClock(Date.now());
    const assembly = synthesize(folder.path, 'first', program);
    return new EcsHarness(await startRuntime({ assembly, events, port: 0, clock }), { folder, watch, clock });
  }

  get service(): ServiceScheduler {
    const [service] = this.runtime.service(EcsService).services();
    if (service === undefined) throw new Error('No service runs.');
    return service;
  }

  get url(): string {
    return this.service.addresses[0]?.url ?? '';
  }

  async reload(name: string, program: Program): Promise<void> {
    await this.runtime.reload(synthesize(this.#folder.path, name, program));
  }

  /** Once the newest deployment has come so far. */
  async rollout(state: 'COMPLETED' | 'FAILED'): Promise<void> {
    await eventually(
      () => this.service.deployments[0]?.rolloutState,
      (now) => now === state,
    );
  }

  /** What the containers have written, once it is so many lines. */
  lines(count: number): Promise<string[]> {
    return eventually(
      () => this.watch.ofType('log').map(({ message }) => message),
      (lines) => lines.length >= count,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ecs.destroy();
    await this.runtime[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

function synthesize(
  folder: string,
  name: string,
  { program, service, healthCheck, stopTimeoutSeconds }: Program,
): string {
  const image = join(folder, `${name}-image`);
  mkdirSync(image);
  writeFileSync(
    join(image, 'Dockerfile'),
    'FROM node:24-slim\nWORKDIR /app\nCOPY main.mjs ./\nCMD ["node", "main.mjs"]\n',
  );
  writeFileSync(join(image, 'main.mjs'), program);
  const outdir = join(folder, name);
  const app = new App({ outdir });
  const stack = new Stack(app, 'Web');
  const vpc = new Vpc(stack, 'Vpc', {
    natGateways: 0,
    subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC }],
  });
  const taskDefinition = new FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', {
    image: ContainerImage.fromAsset(image),
    environment: { GREETING: 'hello' },
    portMappings: [{ containerPort: 80 }],
    logging: new AwsLogDriver({ streamPrefix: 'web', logGroup: new LogGroup(stack, 'Logs', { logGroupName: 'web' }) }),
    ...(healthCheck !== undefined && { healthCheck }),
    ...(stopTimeoutSeconds !== undefined && { stopTimeout: Duration.seconds(stopTimeoutSeconds) }),
  });
  addService(stack, {
    cluster: new Cluster(stack, 'Cluster', { vpc: vpc as IVpc, clusterName: 'main' }) as ICluster,
    taskDefinition,
    serviceName: 'web',
    desiredCount: 1,
    minHealthyPercent: 100,
    ...service,
  });
  app.synth();
  return outdir;
}

function addService(stack: Stack, properties: FargateServiceProps): FargateService {
  return new FargateService(stack, 'Service', properties);
}
