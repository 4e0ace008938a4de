import { randomUUID } from 'node:crypto';
import type { DeployedCode } from './code-store.ts';
import type { ExecutionEnvironmentServices } from './environment-services.ts';
import { type ExecutionEnvironmentInvocation, ExecutionEnvironment, localRuntimeArn } from './execution-environment.ts';
import type { InvokeResult } from './invoke-result.ts';
import type { FunctionModel } from './model.ts';

/**
 * The execution environments of one version of a function. An invocation takes the idle one that was used last, or
 * starts one: there are never more than there were invocations at the same time, and those the service admits.
 */
export class FunctionPool {
  readonly fn: FunctionModel;
  readonly code: DeployedCode;
  readonly updatedAtMs: number;
  readonly revisionId = randomUUID();
  readonly runtimeArn: string;
  readonly #services: ExecutionEnvironmentServices;
  readonly #environments = new Set<ExecutionEnvironment>();
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #running = new Set<Promise<InvokeResult>>();
  #retired = false;

  constructor(fn: FunctionModel, code: DeployedCode, services: ExecutionEnvironmentServices) {
    this.fn = fn;
    this.code = code;
    this.updatedAtMs = services.clock.now();
    this.runtimeArn = localRuntimeArn(services.region);
    this.#services = services;
  }

  async invoke(invocation: ExecutionEnvironmentInvocation): Promise<InvokeResult> {
    const environment = this.#idle.pop() ?? this.#start();
    const running = environment.invoke(invocation);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
      if (this.#retired) void this.#stop(environment);
      else this.#idle.push(environment);
    }
  }

  /** Starts no more. Idle execution environments stop now, busy ones after their invocation. The code goes with them. */
  retire(): void {
    this.#retired = true;
    for (const environment of this.#idle.splice(0)) void this.#stop(environment);
    if (this.isEmpty) void this.code.remove();
  }

  /** Kills every process; settles when they are gone and the invocations that they ran are over. */
  async close(): Promise<void> {
    this.#retired = true;
    await Promise.all([...this.#environments].map((environment) => this.#stop(environment)));
    await Promise.allSettled(this.#running);
  }

  /** The id of the process that an execution environment of this pool has now. */
  processId(executionEnvironmentId: string): number | undefined {
    return [...this.#environments].find(({ log }) => log.shortId === executionEnvironmentId)?.processId;
  }

  get isEmpty(): boolean {
    return this.#environments.size === 0;
  }

  #start(): ExecutionEnvironment {
    const environment = new ExecutionEnvironment(this.fn, this.code.taskRoot, this.#services);
    this.#environments.add(environment);
    return environment;
  }

  async #stop(environment: ExecutionEnvironment): Promise<void> {
    await environment.stop();
    this.#environments.delete(environment);
    if (this.isEmpty) await this.code.remove();
  }
}
