import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import type { EventStream } from '../../events.ts';
import type { ProcessGuard } from '../../processes.ts';
import type { ProcessExit } from '../lambda/exit-reason.ts';
import type { CredentialsServer } from './credentials-server.ts';
import { Container } from './container.ts';
import type { HealthStatus } from './health.ts';
import type { ContainerModel, TaskDefinitionModel } from './model.ts';

/** What a task is started with. */
export interface TaskContext {
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  readonly accountId: string;
  readonly endpointUrl: string;
  readonly guard: ProcessGuard;
  readonly credentials: CredentialsServer;
  /** Folder with the files of a container's image. */
  readonly rootOf: (container: ContainerModel) => string;
}

/**
 * While a task is DEACTIVATING, no new connection goes to it, and those that wait for an answer may get it. From STOPPING
 * on, its containers are asked to end (ECS Developer Guide, "Amazon ECS task lifecycle").
 */
export type TaskStatus = 'PROVISIONING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'STOPPED';

/** What a task tells its service. */
export interface TaskOwner {
  /** There is another status, health or readiness. */
  readonly onChange: () => void;
  /** Settles when nobody waits for an answer of the task any more, or has waited too long. */
  readonly drain: () => Promise<void>;
}

/** How often a port is tried until somebody listens. */
const betweenTriesMs = 50;

/** A task: its containers, which live and end together. */
export class Task {
  /** 32 hex digits. */
  readonly id = randomBytes(16).toString('hex');
  readonly arn: string;
  readonly clusterArn: string;
  readonly definition: TaskDefinitionModel;
  readonly createdAtMs: number;
  /** Settles when all containers have ended. */
  readonly ended: Promise<void>;
  status: TaskStatus = 'PROVISIONING';
  stoppedAtMs: number | undefined;
  stoppedReason = '';
  /** Why it ends, when nobody asked it to. */
  failure: 'exit' | 'health' | undefined;
  #containers: readonly Container[] = [];
  #ports: ReadonlyMap<number, number> = new Map();
  #listens = false;
  #stopping: Promise<void> | undefined;
  #settleEnded!: () => void;
  readonly #context: TaskContext;
  readonly #onChange: () => void;
  readonly #drain: () => Promise<void>;

  constructor(definition: TaskDefinitionModel, clusterArn: string, context: TaskContext, owner: TaskOwner) {
    this.definition = definition;
    this.clusterArn = clusterArn;
    this.arn = `${clusterArn.replace(':cluster/', ':task/')}/${this.id}`;
    this.createdAtMs = context.clock.now();
    this.#context = context;
    this.#onChange = owner.onChange;
    this.#drain = owner.drain;
    this.ended = new Promise((resolve) => (this.#settleEnded = resolve));
  }

  get containers(): readonly Container[] {
    return this.#containers;
  }

  /** Of the essential containers with a health check. */
  get health(): HealthStatus {
    const checked = this.#containers.filter(({ model }) => model.essential && model.healthCheck !== undefined);
    if (checked.some(({ health }) => health === 'UNHEALTHY')) return 'UNHEALTHY';
    return checked.length > 0 && checked.every(({ health }) => health === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
  }

  /** Whether requests may go to the task: it is healthy, or without a check it listens on the first of its ports. */
  get isReady(): boolean {
    const hasCheck = this.definition.containers.some(({ essential, healthCheck }) => essential && healthCheck);
    return this.status === 'RUNNING' && (hasCheck ? this.health === 'HEALTHY' : this.#listens);
  }

  /** Port of this machine that stands for a port of the task. */
  portHere(port: number): number | undefined {
    return this.#ports.get(port);
  }

  async start(): Promise<void> {
    const { guard, clock, endpointUrl, region, credentials, rootOf } = this.#context;
    const { containers, taskRoleArn } = this.definition;
    this.#ports = await freePorts(containers.flatMap(({ ports }) => ports));
    const role = taskRoleArn === undefined ? undefined : { roleArn: taskRoleArn, sessionName: this.id };
    const credentialsUrl = role && credentials.issueAddress(role);
    const { PATH, LANG } = process.env;
    const shared = { region, endpointUrl, credentialsUrl, ports: this.#ports, taskId: this.id };
    this.#containers = containers.map((model) => {
      const facts = { ...shared, root: rootOf(model), machine: { PATH, LANG } };
      const onLine = (line: string) => this.#log(model, line);
      return new Container({ model, facts, clock, guard, onLine, onHealth: () => this.#healthChanged() });
    });
    this.status = 'RUNNING';
    for (const container of this.#containers) void container.exit.then((exit) => this.#containerEnded(container, exit));
    void Promise.all(this.#containers.map(({ exit }) => exit)).then(() => {
      credentials.withdraw(credentialsUrl);
      this.status = 'STOPPED';
      this.stoppedAtMs = clock.now();
      this.#settleEnded();
      this.#onChange();
    });
    this.#onChange();
    void this.#waitForPort();
  }

  /** Ends the containers gracefully; settles when they are gone. */
  async stop(reason: string): Promise<void> {
    this.#stopping ??= this.#stop(reason);
    await this.#stopping;
  }

  /** Ends the containers at once. */
  async kill(): Promise<void> {
    await Promise.all(this.#containers.map((container) => container.kill()));
  }

  get #hasStopped(): boolean {
    return this.status === 'STOPPED';
  }

  async #stop(reason: string): Promise<void> {
    if (this.#hasStopped) return;
    this.status = 'DEACTIVATING';
    this.stoppedReason = reason;
    this.#onChange();
    await this.#drain();
    if (this.#hasStopped) return;
    this.status = 'STOPPING';
    await Promise.all(this.#containers.map((one) => one.stop(one.model.stopTimeoutSeconds * 1000)));
    await this.ended;
  }

  #containerEnded({ model }: Container, { code, signal }: ProcessExit): void {
    if (!model.essential || this.#stopping !== undefined) return this.#onChange();
    const how = signal === null ? `with code ${code}` : `by ${signal}`;
    this.failure = 'exit';
    void this.stop(`Essential container in task exited: ${model.name} ended ${how}`);
  }

  #healthChanged(): void {
    this.#onChange();
    if (this.health !== 'UNHEALTHY' || this.#stopping !== undefined) return;
    this.failure = 'health';
    void this.stop('Task failed container health checks');
  }

  #log({ name, logs }: ContainerModel, message: string): void {
    if (logs === undefined) return;
    const { clock, events } = this.#context;
    events.emit({
      type: 'log',
      atMs: clock.now(),
      functionName: name,
      executionEnvironmentId: this.id.slice(0, 8),
      logGroupName: logs.groupName,
      logStreamName: `${logs.streamPrefix}/${name}/${this.id}`,
      source: 'function',
      message,
    });
  }

  /** Real time, not the runtime's clock: this waits for a process. A task without ports is ready when it runs. */
  async #waitForPort(): Promise<void> {
    const [port] = this.#ports.values();
    const isWaiting = () => port !== undefined && this.status === 'RUNNING';
    while (isWaiting() && !(await isListening(port ?? 0))) await delay(betweenTriesMs);
    this.#listens = true;
    this.#onChange();
  }
}

async function freePorts(ports: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const pairs = new Map<number, number>();
  const servers = await Promise.all(ports.map(async (port) => ({ port, server: await listening() })));
  for (const { port, server } of servers) {
    pairs.set(port, (server.address() as AddressInfo).port);
    await new Promise((resolve) => server.close(resolve));
  }
  return pairs;
}

function listening() {
  const server = createServer();
  return new Promise<typeof server>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
