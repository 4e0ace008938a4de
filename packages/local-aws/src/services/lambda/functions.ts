import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../clock.ts';
import { AwsError, type RestRequest, type RestRoute } from '../../endpoint/api.ts';
import type { EventStream } from '../../events.ts';
import { ProcessGuard } from '../../processes.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { AsyncInvoker } from './async-invoker.ts';
import type { AwsCall } from './child-process.ts';
import { codeFingerprint, type CodeFingerprint, CodeStore } from './code-store.ts';
import { ConcurrencyLedger } from './concurrency.ts';
import type { ExecutionEnvironmentServices, ProcessFaults } from './environment-services.ts';
import type { Credentials } from './environment-variables.ts';
import { findFunction, type FunctionDirectory, requestedArn } from './function-name.ts';
import { FunctionPool } from './function-pool.ts';
import {
  getAccountSettings,
  getFunctionConcurrency,
  getFunctionEventInvokeConfig,
  getPolicy,
  listAliases,
  listVersionsByFunction,
} from './function-settings-api.ts';
import { getFunction, getFunctionConfiguration, type HiddenFrom, listFunctions } from './functions-api.ts';
import { invoke } from './invoke-api.ts';
import type { InvokeOptions, InvokeResult } from './invoke-result.ts';
import type { FunctionModel } from './model.ts';
import { RuntimeApiServer } from './runtime-api-server.ts';

export interface LambdaServiceOptions {
  readonly functions: readonly FunctionModel[];
  readonly clock: Clock;
  readonly events: EventStream;
  readonly region: string;
  readonly accountId: string;
  /** Where the functions' AWS SDKs send their calls. */
  readonly endpointUrl: string;
  /** New credentials of a function's role. Asked for once for each execution environment. */
  readonly credentialsFor: (fn: FunctionModel) => Credentials;
  /** Concurrent executions of all functions together; 1,000 is AWS's default. */
  readonly accountConcurrency?: number;
  readonly faults?: ProcessFaults | undefined;
  /** Asked whether a role may see what a key of the account encrypts. Default: everybody may. */
  readonly authorizer?: Pick<Authorizer, 'lacks'>;
}

/** Runs functions: each execution environment is a process of its own that speaks the Lambda Runtime API. */
export class LambdaService implements FunctionDirectory {
  readonly region: string;
  readonly accountId: string;
  readonly #options: LambdaServiceOptions;
  readonly #runtimeApi = new RuntimeApiServer();
  readonly #guard = new ProcessGuard();
  readonly #codeStore = new CodeStore();
  readonly #services: ExecutionEnvironmentServices;
  readonly #concurrency: ConcurrencyLedger;
  readonly #asyncInvoker: AsyncInvoker;
  /** Lambda's operations on functions. */
  readonly routes: readonly RestRoute[];
  #pools = new Map<string, FunctionPool>();
  readonly #retired = new Set<FunctionPool>();
  readonly #told = new Set<string>();
  #closed = false;

  constructor(options: LambdaServiceOptions) {
    this.#options = options;
    this.region = options.region;
    this.accountId = options.accountId;
    const { accountConcurrency = 1000 } = options;
    this.#concurrency = new ConcurrencyLedger(accountConcurrency);
    this.#services = {
      ...options,
      runtimeApi: this.#runtimeApi,
      guard: this.#guard,
      onAwsCall: (fn, call) => this.#tell(awsCallNotice(fn, call), call.kind === 'sent' ? 'info' : 'warning'),
    };
    const run = (name: string, payload: string, how: InvokeOptions) => this.invoke(name, payload, how);
    const { clock, events } = options;
    this.#asyncInvoker = new AsyncInvoker({ clock, events, find: (name) => this.find(name), invoke: run });
    const requested = {
      find: (request: RestRequest, implied?: string) => this.#findDeployed(request, implied),
      arnOf: ({ parameters }: RestRequest) => requestedArn(this, parameters['FunctionName'] ?? ''),
      hidden: hiddenFrom(options.authorizer),
    };
    const enqueue = (fn: FunctionModel, payload: string, how: InvokeOptions) =>
      this.#asyncInvoker.enqueue(fn.name, payload, how);
    const all = () => [...this.#pools.values()];
    this.routes = [
      invoke({ ...requested, invoke: run, enqueue }),
      listFunctions(all, requested.hidden),
      getFunction(requested),
      getFunctionConfiguration(requested),
      getAccountSettings(all, accountConcurrency),
      getFunctionConcurrency(requested),
      getFunctionEventInvokeConfig(requested),
      getPolicy(requested),
      listVersionsByFunction(requested),
      listAliases(requested),
    ];
  }

  /** Must have settled before the first invocation. */
  async start(): Promise<void> {
    this.#guard.start();
    this.#guard.removeAtEnd(this.#codeStore.root);
    await this.#runtimeApi.start();
    try {
      await this.update(this.#options.functions);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  get functions(): readonly FunctionModel[] {
    return [...this.#pools.values()].map((pool) => pool.fn);
  }

  find(name: string): FunctionModel | undefined {
    return this.#pools.get(name)?.fn;
  }

  /**
   * Runs the function once and answers what it answers, its errors included. `functionName` may be an ARN; `payload` is
   * JSON text. Throws `AwsError`: `ResourceNotFoundException`, or `TooManyRequestsException` when throttled.
   */
  async invoke(functionName: string, payload: string, options: InvokeOptions = {}): Promise<InvokeResult> {
    if (this.#closed) throw shuttingDown();
    const fn = findFunction(this, functionName);
    const pool = this.#pools.get(fn.name) as FunctionPool;
    const leave = this.#concurrency.enter(fn, this.functions);
    try {
      return await pool.invoke({
        requestId: options.requestId ?? randomUUID(),
        payload,
        invokedFunctionArn: options.invokedFunctionArn ?? fn.arn,
        traceHeader: options.traceHeader ?? newTraceHeader(this.#options.clock.now()),
        clientContext: options.clientContext,
        keepLog: options.logType === 'Tail',
      });
    } finally {
      leave();
    }
  }

  /**
   * Takes an event for a later invocation, with the retries of the function, and returns at once: what `InvocationType`
   * `Event` does. Throws `ResourceNotFoundException`.
   */
  invokeLater(functionName: string, payload: string, options: InvokeOptions = {}): void {
    if (this.#closed) throw shuttingDown();
    this.#asyncInvoker.enqueue(findFunction(this, functionName).name, payload, options);
  }

  /**
   * The id of the process that an execution environment has at this moment, busy or idle. The environment may belong to a
   * former version of the function. Undefined when it has no process: a process that has ended is replaced at the next
   * invocation.
   *
   * @param executionEnvironmentId as events give it
   */
  processId(functionName: string, executionEnvironmentId: string): number | undefined {
    const former = [...this.#retired].filter(({ fn }) => fn.name === functionName);
    for (const pool of [this.#pools.get(functionName), ...former]) {
      const processId = pool?.processId(executionEnvironmentId);
      if (processId !== undefined) return processId;
    }
  }

  /**
   * Takes these functions in place of the former ones. A function whose model or code changed gets new environments;
   * invocations under way finish on the old ones, which then stop.
   */
  async update(functions: readonly FunctionModel[]): Promise<void> {
    const former = this.#pools;
    const current = new Map<string, FunctionPool>();
    for (const fn of functions) {
      const code = await codeFingerprint(fn.codeDirectory);
      const pool = former.get(fn.name);
      const unchanged = pool !== undefined && isUnchanged(pool, fn, code);
      const deploy = async () => new FunctionPool(fn, await this.#codeStore.deploy(fn, code), this.#services);
      current.set(fn.name, unchanged ? pool : await deploy());
    }
    this.#pools = current;
    this.#tell(runtimeNotice(functions, process.version));
    for (const [name, pool] of former) if (current.get(name) !== pool) this.#retire(pool);
  }

  /** Kills every process and settles when they are gone. Invocations under way end as crashed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#asyncInvoker.close();
    await Promise.all([...this.#pools.values(), ...this.#retired].map((pool) => pool.close()));
    await Promise.all([this.#runtimeApi.close(), this.#guard.close(), this.#codeStore.close()]);
  }

  #findDeployed({ parameters, query }: RestRequest, implied?: string): FunctionPool {
    const parameter = query.get('Qualifier') ?? undefined;
    const fn = findFunction(this, parameters['FunctionName'] ?? '', { parameter, implied });
    return this.#pools.get(fn.name) as FunctionPool;
  }

  #tell(message: string | undefined, level: 'info' | 'warning' = 'info'): void {
    if (message === undefined || this.#told.has(message)) return;
    this.#told.add(message);
    const { clock, events } = this.#options;
    events.emit({ type: 'notice', atMs: clock.now(), level, message });
  }

  #retire(pool: FunctionPool): void {
    pool.retire();
    for (const old of this.#retired) if (old.isEmpty) this.#retired.delete(old);
    this.#retired.add(pool);
  }
}

/** Who may not use the key of a function does not see its environment variables. */
function hiddenFrom(authorizer: LambdaServiceOptions['authorizer']): HiddenFrom {
  return ({ kmsKeyArn }, caller) =>
    kmsKeyArn === undefined
      ? undefined
      : authorizer?.lacks(caller, { action: 'kms:Decrypt', resource: kmsKeyArn, viaService: 'lambda' })?.error.message;
}

/** The folder may be another one, because each synthesis has its own. Its content must be the same. */
function isUnchanged(pool: FunctionPool, fn: FunctionModel, code: CodeFingerprint): boolean {
  const { codeDirectory } = fn;
  return pool.code.sha256 === code.sha256 && isDeepStrictEqual({ ...pool.fn, codeDirectory }, fn);
}

function shuttingDown(): AwsError {
  const message = 'The local runtime is shutting down.';
  return new AwsError('ServiceException', message, { httpStatus: 500, members: { Type: 'Service' } });
}

/** Says which functions run on another Node.js here than on AWS; undefined when none does. */
function runtimeNotice(functions: readonly FunctionModel[], localVersion: string): string | undefined {
  const localMajor = /^v(\d+)/.exec(localVersion)?.[1] ?? '';
  const foreign = functions.filter(({ runtime }) => runtime !== `nodejs${localMajor}.x`);
  if (foreign.length === 0) return undefined;
  const names = foreign.map(({ name, runtime }) => `${name} (${runtime})`).join(', ');
  return `Functions run on this machine's Node.js ${localMajor}, whatever runtime they declare: ${names}.`;
}

/** Says of a call past the endpoint where it went, and what brings it here. */
function awsCallNotice({ name }: FunctionModel, { host, kind }: AwsCall): string {
  switch (kind) {
    case 'metadata':
      return `The function ${name} called ${host} for the credentials of a machine. The call was not sent, because Lambda has no such address.`;
    case 'sent':
      return `The function ${name} calls ${host}, a host of AWS. The call is sent, because it does not carry the credentials of this runtime.`;
    case 'signed':
      return `The function ${name} called ${host} with the credentials of this runtime, which AWS does not know. The call was not sent. The function's AWS SDK does not read AWS_ENDPOINT_URL, or its client has an endpoint of its own: give the client the option endpoint: process.env.AWS_ENDPOINT_URL, or use a release of the SDK that reads the variable (for JavaScript: version 3, since 2024).`;
  }
}

/** An `X-Amzn-Trace-Id` that is not sampled: what Lambda hands a function without active tracing. */
function newTraceHeader(nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
