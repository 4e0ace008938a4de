import { Deployment, backOffMs, breaksCircuit, steadyAfterMs } from './deployment.ts';
import type { ContainerServiceModel, TaskDefinitionModel } from './model.ts';
import { ServiceAddress } from './service-address.ts';
import { Task, type TaskContext } from './task.ts';

/** How many stopped tasks can still be described. ECS has them for at least an hour. */
const mostStopped = 20;

/** When a service or the runtime ends, nobody waits for the 30 seconds and more that a container may have to stop. */
const longestStopMs = 5_000;

/** How long a task that is to stop may still answer. A target group's deregistration delay is 300 s unless it says less. */
const longestDrainMs = 10_000;

/** What the scheduler is told from outside. */
export interface ServiceUpdate {
  readonly desiredCount?: number;
  readonly forceNewDeployment?: boolean;
}

/**
 * A service: as many tasks as are desired. A new deployment starts its tasks beside those of the last one, which are
 * stopped when the new ones are ready (ECS Developer Guide, "Deploy Amazon ECS services by replacing tasks"). A task that
 * stops gets no new connections, and may answer those that it has (Application Load Balancers User Guide, "Deregistration
 * delay"). A task that ends by itself is replaced, after a wait that grows with each one that ends soon after its start.
 */
export class ServiceScheduler {
  readonly createdAtMs: number;
  readonly #context: TaskContext;
  readonly #stopped: Task[] = [];
  readonly #starting = new Set<Promise<void>>();
  #model: ContainerServiceModel;
  #desiredCount: number;
  /** Newest first. */
  #deployments: Deployment[] = [];
  #addresses: readonly ServiceAddress[] = [];
  #failures = 0;
  #cancelBackOff: (() => void) | undefined;
  #told = false;
  #closed = false;

  constructor(model: ContainerServiceModel, context: TaskContext) {
    this.#model = model;
    this.#context = context;
    this.#desiredCount = model.desiredCount;
    this.createdAtMs = context.clock.now();
  }

  get model(): ContainerServiceModel {
    return this.#model;
  }

  get desiredCount(): number {
    return this.#desiredCount;
  }

  get deployments(): readonly Deployment[] {
    return this.#deployments;
  }

  /** Those that stopped lately are among them. */
  get tasks(): readonly Task[] {
    return [...this.#deployments.flatMap(({ tasks }) => [...tasks]), ...this.#stopped];
  }

  /** `http://127.0.0.1:8080`, for each port of the tasks. */
  get addresses(): readonly ServiceAddress[] {
    return this.#addresses;
  }

  async start(definition: TaskDefinitionModel): Promise<void> {
    await this.#openAddresses(definition);
    this.#deploy(definition);
  }

  /** Takes on what a changed template says. A task definition that is the same starts nothing. */
  async take(model: ContainerServiceModel, definition: TaskDefinitionModel): Promise<void> {
    const before = this.#model;
    this.#model = model;
    if (model.desiredCount !== before.desiredCount) this.#desiredCount = model.desiredCount;
    if (JSON.stringify(definition) !== JSON.stringify(this.#deployments[0]?.definition)) {
      await this.#openAddresses(definition);
      this.#deploy(definition);
    } else this.#reconcile();
  }

  /** What UpdateService asks for. */
  update({ desiredCount, forceNewDeployment = false }: ServiceUpdate): void {
    this.#desiredCount = desiredCount ?? this.#desiredCount;
    const [primary] = this.#deployments;
    if (forceNewDeployment && primary !== undefined) this.#deploy(primary.definition);
    else this.#reconcile();
  }

  /** Ends all tasks: gracefully, but for those that take longer than `longestStopMs`. */
  async close(reason: string): Promise<void> {
    this.#closed = true;
    this.#cancelBackOff?.();
    await Promise.all(this.#starting);
    const { tasks } = this;
    // Real time, not the runtime's clock: this waits for processes.
    const timer = setTimeout(() => void Promise.all(tasks.map((task) => task.kill())), longestStopMs);
    await Promise.all(tasks.map((task) => task.stop(reason)));
    clearTimeout(timer);
    await Promise.all(this.#addresses.map((address) => address.close()));
  }

  #deploy(definition: TaskDefinitionModel): void {
    this.#failures = 0;
    this.#cancelBackOff?.();
    this.#cancelBackOff = undefined;
    this.#deployments = [new Deployment(definition, this.#context.clock.now()), ...this.#deployments];
    this.#reconcile();
  }

  /** Brings what runs nearer to what is wanted. */
  #reconcile(): void {
    const [primary, ...older] = this.#deployments;
    if (primary === undefined || this.#closed) return;
    if (primary.rolloutState !== 'FAILED') {
      const living = primary.livingTasks;
      if (this.#cancelBackOff === undefined) {
        for (let count = primary.countedTasks.length; count < this.#desiredCount; count += 1) this.#launch(primary);
      }
      for (const task of living.slice(this.#desiredCount)) void task.stop('Scaling activity initiated by deployment');
    }
    if (primary.rolloutState === 'IN_PROGRESS' && primary.readyTasks.length >= this.#desiredCount) {
      primary.rolloutState = 'COMPLETED';
      this.#tellReady();
    }
    if (primary.rolloutState === 'COMPLETED') {
      for (const task of older.flatMap(({ livingTasks }) => livingTasks)) void task.stop('Replaced by a deployment');
    }
    this.#deployments = [primary, ...older.filter(({ tasks }) => tasks.size > 0)];
  }

  #launch(deployment: Deployment): void {
    const task = new Task(deployment.definition, this.#model.clusterArn, this.#context, {
      onChange: () => {
        if (task.isReady) readyAtMs ??= this.#context.clock.now();
        this.#reconcile();
      },
      drain: () => this.#drain(task),
    });
    let readyAtMs: number | undefined;
    deployment.tasks.add(task);
    void task.ended.then(() => this.#ended(deployment, task, readyAtMs));
    const started = task
      .start()
      .catch((error: unknown) => this.#tell('error', `The task did not start: ${String(error)}`))
      .finally(() => this.#starting.delete(started));
    this.#starting.add(started);
  }

  #ended(deployment: Deployment, task: Task, readyAtMs: number | undefined): void {
    deployment.tasks.delete(task);
    this.#stopped.unshift(task);
    this.#stopped.splice(mostStopped);
    const { clock } = this.#context;
    if (!this.#closed && task.failure !== undefined) {
      if (readyAtMs === undefined) deployment.failedTasks += 1;
      const isSteady = clock.now() - task.createdAtMs >= steadyAfterMs;
      this.#failures = isSteady ? 1 : this.#failures + 1;
      const isPrimary = deployment === this.#deployments[0];
      if (isPrimary && breaksCircuit(deployment, this.#model, this.#desiredCount)) this.#fail(deployment);
      else if (isPrimary && task.failure === 'exit') this.#waitAfter(task);
      else this.#tell('warning', `${shortId(task)}: ${task.stoppedReason}.`);
    }
    this.#reconcile();
  }

  #waitAfter(task: Task): void {
    const waitMs = backOffMs(this.#failures);
    this.#tell('warning', `${shortId(task)}: ${task.stoppedReason}. The next task starts in ${waitMs / 1000} s.`);
    this.#cancelBackOff?.();
    this.#cancelBackOff = this.#context.clock.after(waitMs, () => {
      this.#cancelBackOff = undefined;
      this.#reconcile();
    });
  }

  /** The circuit breaker ended the deployment: back to the last one that had succeeded, if it is to and there is one. */
  #fail(deployment: Deployment): void {
    deployment.rolloutState = 'FAILED';
    deployment.rolloutReason = 'tasks failed to start.';
    const last = this.#deployments.find(({ rolloutState }) => rolloutState === 'COMPLETED');
    if (!this.#model.circuitBreaker.rollback || last === undefined) {
      this.#tell(
        'error',
        `${deployment.failedTasks} tasks ended before they were ready; no more are started. Mend the program: a changed assembly is deployed again.`,
      );
      return;
    }
    this.#tell('error', `${deployment.failedTasks} tasks ended before they were ready: back to the deployment before.`);
    for (const task of deployment.livingTasks) void task.stop('Deployment failed');
    this.#failures = 0;
    this.#deployments = [last, ...this.#deployments.filter((one) => one !== last)];
  }

  /** Ports of a new task definition get addresses; those that exist stay. */
  async #openAddresses({ containers }: TaskDefinitionModel): Promise<void> {
    const wanted = containers.flatMap(({ ports }) => ports);
    const missing = wanted.filter((port) => !this.#addresses.some(({ containerPort }) => containerPort === port));
    for (const port of missing) {
      const address = new ServiceAddress(port, () => this.#portsHere(port));
      await address.open();
      this.#addresses = [...this.#addresses, address];
    }
  }

  #portsHere(port: number): readonly number[] {
    const ready = this.#deployments.flatMap(({ readyTasks }) => readyTasks);
    return ready.flatMap((task) => task.portHere(port) ?? []);
  }

  /** When the service or the runtime ends, nobody waits for answers. */
  async #drain(task: Task): Promise<void> {
    if (this.#closed) return;
    const { promise: limit, resolve } = Promise.withResolvers<void>();
    const cancel = this.#context.clock.after(longestDrainMs, resolve);
    const drained = this.#addresses.map((address) => address.drained(task.portHere(address.containerPort)));
    await Promise.race([Promise.all(drained), limit]);
    cancel();
  }

  #tellReady(): void {
    if (this.#told || this.#desiredCount === 0) return;
    this.#told = true;
    for (const { url, containerPort } of this.#addresses)
      this.#tell('info', `${url} (port ${containerPort} of the container)`);
  }

  #tell(level: 'info' | 'warning' | 'error', message: string): void {
    const { clock, events } = this.#context;
    events.emit({ type: 'notice', atMs: clock.now(), level, message: `${this.#model.logicalId}: ${message}` });
  }
}

function shortId({ id }: Task): string {
  return id.slice(0, 4);
}
