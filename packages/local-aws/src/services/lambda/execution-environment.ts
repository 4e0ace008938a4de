import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ExecutionEnvironmentLog, logTail } from './environment-log.ts';
import type { ExecutionEnvironmentServices } from './environment-services.ts';
import { type Credentials, environmentVariables, nodeArguments, runtimeCommand } from './environment-variables.ts';
import type { ProcessExit } from './exit-reason.ts';
import { type Conclusion, initConclusion, runConclusion, timeoutConclusion } from './invocation-outcome.ts';
import type { InvokeResult } from './invoke-result.ts';
import type { FunctionModel } from './model.ts';
import type { InitPhase } from './platform-log.ts';
import type { RuntimeInvocation } from './runtime-api-server.ts';
import { type InitOutcome, RuntimeProcess } from './runtime-process.ts';

/** Lambda gives the init phase 10 s, whatever the function's timeout ("Lambda execution environment lifecycle"). */
const initLimitMs = 10_000;
const megabyte = 1024 * 1024;
const runtimeDirectory = fileURLToPath(new URL('./bootstrap', import.meta.url));
const bootstrap = fileURLToPath(new URL('./bootstrap/bootstrap.cjs', import.meta.url));

export type ExecutionEnvironmentInvocation = Omit<RuntimeInvocation, 'deadlineMs'> & { readonly keepLog: boolean };

/** A limit of time, by the runtime's clock, at whose end the process is killed. */
interface Limit {
  readonly passed: boolean;
  cancel(): void;
}

/** How an execution environment that is stopped in the middle of an invocation ends it. */
const killed: ProcessExit = { code: null, signal: 'SIGKILL', outOfMemory: false };

interface Init {
  readonly durationMs: number;
  /** `timeout`: the limit ran out and the process was killed. */
  readonly outcome: InitOutcome | { readonly kind: 'timeout' };
}

/**
 * One execution environment: a log stream and, at any time, at most one process.
 *
 *     created --init phase--> idle --invoke()--> running --> idle
 *
 * A process that fails to initialise, times out or exits leaves the environment without one; the next invocation
 * initialises a fresh process in the same environment and pays for that out of its own timeout, as on Lambda
 * ("Failures during the invoke phase"; recorded by LocalStack, test_lambda_invoke_timed_out_environment_reuse).
 */
export class ExecutionEnvironment {
  readonly log: ExecutionEnvironmentLog;
  readonly #fn: FunctionModel;
  readonly #taskRoot: string;
  readonly #services: ExecutionEnvironmentServices;
  readonly #credentials: Credentials;
  #process: RuntimeProcess | undefined;
  #init: Promise<Init> | undefined;
  #stopped = false;

  /** Starts the first process at once. */
  constructor(fn: FunctionModel, taskRoot: string, services: ExecutionEnvironmentServices) {
    this.#fn = fn;
    this.#taskRoot = taskRoot;
    this.#services = services;
    this.#credentials = services.credentialsFor(fn);
    this.log = new ExecutionEnvironmentLog(fn, services);
    const limit = this.#limit(initLimitMs);
    this.#init = this.#initialise('init', limit).finally(() => limit.cancel());
  }

  /** The id of the process that the execution environment has now. Undefined when it has none. */
  get processId(): number | undefined {
    return this.#process?.processId;
  }

  /** One at a time. Never rejects for what the function does. */
  async invoke(invocation: ExecutionEnvironmentInvocation): Promise<InvokeResult> {
    const init = await this.#init;
    this.#init = undefined;
    const startedAtMs = performance.now();
    const timeoutMs = this.#fn.timeoutSeconds * 1000;
    const limit = this.#limit(timeoutMs);
    // By the machine's clock, which is the only one that the process knows.
    const deadlineMs = Date.now() + timeoutMs;
    const again = this.#hasProcess() ? undefined : await this.#initialise('invoke', limit);

    const { requestId, traceHeader } = invocation;
    const names = { functionName: this.#fn.name, executionEnvironmentId: this.log.shortId, requestId };
    if (invocation.keepLog) this.log.keep();
    this.#services.events.emit({ type: 'invocation-started', atMs: this.#services.clock.now(), ...names, traceHeader });
    this.log.platform({ type: 'start', requestId, functionArn: this.#fn.arn });
    const conclusion =
      again === undefined || again.outcome.kind === 'ready'
        ? await this.#run({ ...invocation, deadlineMs }, limit)
        : this.#initFailure(requestId, again.outcome);
    limit.cancel();

    const elapsedMs = performance.now() - startedAtMs;
    const durationMs = conclusion.outcome === 'timeout' ? Math.min(elapsedMs, timeoutMs) : elapsedMs;
    const initDurationMs = again === undefined ? init?.durationMs : undefined;
    this.#report(requestId, conclusion, durationMs, initDurationMs);
    this.#services.events.emit({
      type: 'invocation-ended',
      atMs: this.#services.clock.now(),
      ...names,
      durationMs,
      outcome: conclusion.outcome,
      ...(conclusion.errorMessage !== undefined && { errorMessage: conclusion.errorMessage }),
    });
    const { payload, outcome, errorType } = conclusion;
    const error = { functionError: 'Unhandled' as const, ...(errorType !== undefined && { errorType }) };
    return {
      requestId,
      executionEnvironmentId: this.log.shortId,
      payload,
      ...(outcome !== 'success' && error),
      logTail: invocation.keepLog ? logTail(this.log.takeKept()) : '',
      durationMs,
      outcome,
    };
  }

  /** Kills the process, whatever it does, and starts no other; settles when it is gone. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#process?.kill();
  }

  #hasProcess(): boolean {
    return this.#process !== undefined && !this.#process.exited;
  }

  #limit(limitMs: number): Limit {
    let passed = false;
    const cancel = this.#services.clock.after(limitMs, () => {
      passed = true;
      void this.#process?.kill();
    });
    return {
      get passed() {
        return passed;
      },
      cancel,
    };
  }

  async #run(invocation: RuntimeInvocation, limit: Limit): Promise<Conclusion> {
    const process = this.#process as RuntimeProcess;
    const outcome = await process.run(invocation);
    return limit.passed && outcome.kind === 'exit'
      ? timeoutConclusion(invocation.requestId, this.#fn.timeoutSeconds, new Date(this.#services.clock.now()))
      : runConclusion(invocation.requestId, outcome);
  }

  #initFailure(requestId: string, outcome: Exclude<Init['outcome'], { kind: 'ready' }>): Conclusion {
    return outcome.kind === 'timeout'
      ? timeoutConclusion(requestId, this.#fn.timeoutSeconds, new Date(this.#services.clock.now()))
      : initConclusion(requestId, outcome);
  }

  async #initialise(phase: InitPhase, limit: Limit): Promise<Init> {
    if (this.#stopped) return { durationMs: 0, outcome: { kind: 'exit', exit: killed } };
    const startedAtMs = performance.now();
    this.log.platform({
      type: 'init-start',
      phase,
      runtimeVersion: `${this.#fn.runtime.replace('nodejs', 'nodejs:').replace('.x', '')} (local ${process.version})`,
      arn: localRuntimeArn(this.#services.region),
    });
    const started = this.#startProcess();
    const ready = await started.ready;
    const outcome = limit.passed && ready.kind === 'exit' ? { kind: 'timeout' as const } : ready;
    const durationMs = performance.now() - startedAtMs;
    const failure = outcome.kind === 'ready' ? undefined : initReportFailure(outcome);
    this.log.platform({ type: 'init-report', phase, durationMs, ...(failure !== undefined && { failure }) });
    return { durationMs, outcome };
  }

  #startProcess(): RuntimeProcess {
    const { runtimeApi, guard, region, endpointUrl } = this.#services;
    // Not the environment's id, which stands in the name of the log stream.
    const processKey = randomUUID();
    const environment = environmentVariables(this.#fn, {
      region,
      endpointUrl,
      credentials: this.#credentials,
      logStreamName: this.log.streamName,
      runtimeApi: runtimeApi.address(processKey),
      runtimeDirectory,
      taskRoot: this.#taskRoot,
      machine: process.env,
    });
    const started = new RuntimeProcess(processKey, runtimeApi, {
      command: runtimeCommand(this.#fn, this.#taskRoot, [process.execPath, ...nodeArguments(this.#fn, bootstrap)]),
      environment: this.#services.faults?.variables(environment) ?? environment,
      directory: this.#taskRoot,
      guard,
      onLine: (line, raw) => this.log.application(line, raw),
      onAwsCall: (call) => this.#services.onAwsCall(this.#fn, call),
    });
    this.#process = started;
    return started;
  }

  #report(requestId: string, conclusion: Conclusion, durationMs: number, initDurationMs: number | undefined): void {
    const { failure, payload } = conclusion;
    const usedMb = Math.ceil((this.#process?.peakMemoryBytes ?? 0) / megabyte);
    this.log.platform({
      type: 'report',
      requestId,
      producedBytes: Buffer.byteLength(payload),
      report: {
        durationMs,
        maxMemoryUsedMb: Math.min(usedMb, this.#fn.memoryMb),
        ...(initDurationMs !== undefined && { initDurationMs }),
        ...(failure !== undefined && { failure }),
      },
    });
  }
}

/** AWS's are 64 hex digits at the end; this one says that it is none of them. */
export function localRuntimeArn(region: string): string {
  return `arn:aws:lambda:${region}::runtime:local`;
}

function initReportFailure(outcome: Exclude<Init['outcome'], { kind: 'ready' }>) {
  if (outcome.kind === 'timeout') return { status: 'timeout' as const };
  const { errorType } = initConclusion('', outcome);
  return { status: 'error' as const, ...(errorType !== undefined && { errorType }) };
}
