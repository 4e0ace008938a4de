import type { Clock } from '../../clock.ts';
import type { ProcessGuard } from '../../processes.ts';
import { RuntimeChild } from '../lambda/child-process.ts';
import type { ProcessExit } from '../lambda/exit-reason.ts';
import {
  type Command,
  containerCommand,
  type ContainerFacts,
  containerVariables,
  healthCheckCommand,
  workingDirectory,
} from './container-process.ts';
import { afterCheck, type Health, type HealthStatus, nextCheckMs, startedHealth } from './health.ts';
import type { ContainerModel } from './model.ts';

interface ContainerOptions {
  readonly model: ContainerModel;
  readonly facts: ContainerFacts;
  readonly clock: Clock;
  readonly guard: ProcessGuard;
  readonly onLine: (line: string) => void;
  readonly onHealth: (status: HealthStatus) => void;
}

/** A container: one process with what it started, and the checks of its health. */
export class Container {
  readonly model: ContainerModel;
  readonly exit: Promise<ProcessExit>;
  #exited: ProcessExit | undefined;
  #health: Health;
  #cancelCheck: () => void = () => {};
  #check: RuntimeChild | undefined;
  readonly #child: RuntimeChild;
  readonly #options: ContainerOptions;

  constructor(options: ContainerOptions) {
    this.#options = options;
    this.model = options.model;
    this.#health = startedHealth(options.clock.now());
    this.#child = this.#start(containerCommand(options.model, options.facts), options.onLine);
    this.exit = this.#child.exit.then((exit) => {
      this.#exited = exit;
      this.#endChecks();
      return exit;
    });
    if (options.model.healthCheck !== undefined) this.#scheduleCheck();
  }

  /** Undefined as long as it runs. */
  get exited(): ProcessExit | undefined {
    return this.#exited;
  }

  /** `UNKNOWN` without a health check. */
  get health(): HealthStatus {
    return this.#health.status;
  }

  /**
   * Asks the first process to end by SIGTERM, and ends it with all it started by SIGKILL when `timeoutMs` are over (ECS
   * API reference, StopTask). What the first process started gets no SIGTERM of its own, as in a container.
   */
  async stop(timeoutMs: number): Promise<void> {
    const { processId } = this.#child;
    const cancel = this.#options.clock.after(timeoutMs, () => void this.#child.kill());
    try {
      if (processId !== undefined) process.kill(processId, 'SIGTERM');
    } catch {
      // It is gone already.
    }
    await this.exit;
    cancel();
  }

  /** Ends it with all it started, at once. */
  async kill(): Promise<void> {
    await this.#child.kill();
  }

  #start(command: Command, onLine: (line: string) => void): RuntimeChild {
    const { model, facts, guard } = this.#options;
    return new RuntimeChild({
      command,
      environment: containerVariables(model, facts),
      directory: workingDirectory(model, facts.root),
      guard,
      onLine,
      onFrame: () => {},
      onAwsCall: () => {},
    });
  }

  #scheduleCheck(): void {
    const { healthCheck } = this.model;
    if (healthCheck === undefined || this.#exited !== undefined) return;
    this.#cancelCheck = this.#options.clock.after(nextCheckMs(this.#health, healthCheck), () => void this.#look());
  }

  async #look(): Promise<void> {
    const { clock, facts, onHealth } = this.#options;
    const { healthCheck } = this.model;
    if (healthCheck === undefined) return;
    const check = this.#start(healthCheckCommand(this.model, facts), () => {});
    this.#check = check;
    const cancel = clock.after(healthCheck.timeoutSeconds * 1000, () => void check.kill());
    const { code } = await check.exit;
    cancel();
    if (this.#exited !== undefined) return;
    const before = this.#health.status;
    this.#health = afterCheck(this.#health, healthCheck, code === 0, clock.now());
    if (this.#health.status !== before) onHealth(this.#health.status);
    this.#scheduleCheck();
  }

  #endChecks(): void {
    this.#cancelCheck();
    void this.#check?.kill();
  }
}
