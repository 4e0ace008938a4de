import path from 'node:path';
import type { FunctionModel } from './model.ts';

/** Those of the function's role, which its AWS SDK signs with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** What the reserved variables are made of. */
export interface EnvironmentFacts {
  readonly region: string;
  readonly endpointUrl: string;
  readonly credentials: Credentials;
  readonly logStreamName: string;
  /** Host, port and path of the Runtime API for this process. */
  readonly runtimeApi: string;
  readonly runtimeDirectory: string;
  /** Where the code is: `/var/task` on Lambda. */
  readonly taskRoot: string;
  /** The only variables that pass from the developer's machine. */
  readonly machine: { readonly PATH?: string | undefined; readonly LANG?: string | undefined };
}

/**
 * The variables of an execution environment: the reserved ones of the Lambda Developer Guide ("Defined runtime
 * environment variables"), the function's own, and what makes AWS SDKs talk to this machine. Nothing else passes, so
 * that a developer's `AWS_PROFILE` or `~/.aws/config` never decides how a function behaves.
 */
export function environmentVariables(fn: FunctionModel, facts: EnvironmentFacts): Record<string, string> {
  return {
    PATH: facts.machine.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    LANG: facts.machine.LANG ?? 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL: facts.endpointUrl,
    NODE_PATH: facts.taskRoot,
    ...fn.environment,
    ...switchesOff(fn.environment),
    AWS_REGION: facts.region,
    AWS_DEFAULT_REGION: facts.region,
    AWS_ACCESS_KEY_ID: facts.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: facts.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: facts.credentials.sessionToken,
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: facts.logStreamName,
    AWS_LAMBDA_LOG_FORMAT: fn.logFormat,
    ...(fn.logFormat === 'JSON' && { AWS_LAMBDA_LOG_LEVEL: fn.applicationLogLevel }),
    AWS_LAMBDA_RUNTIME_API: facts.runtimeApi,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    LAMBDA_RUNTIME_DIR: facts.runtimeDirectory,
    LAMBDA_TASK_ROOT: facts.taskRoot,
    _HANDLER: fn.handler,
  };
}

/**
 * Switches of the AWS SDKs that take calls away from `AWS_ENDPOINT_URL`, or make the SDK refuse the variable (AWS SDKs and
 * Tools Reference Guide, "Service-specific endpoints" and "Dual-stack and FIPS endpoints"). A function that sets them for
 * AWS has them off here.
 */
const endpointSwitches = [
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  'AWS_USE_DUALSTACK_ENDPOINT',
  'AWS_USE_FIPS_ENDPOINT',
] as const;

/** The switches that are set, turned off. */
export function switchesOff(environment: Readonly<Record<string, string>>): Record<string, string> {
  const set = endpointSwitches.filter((name) => environment[name] !== undefined);
  return Object.fromEntries(set.map((name) => [name, 'false']));
}

/** V8's own default, in MB: more young generation than this gains nothing. */
const defaultSemiSpaceMb = 16;

/**
 * V8 gives up ("JavaScript heap out of memory", signal: aborted) a little below the memory limit, as on Lambda; what
 * lies outside the heap is watched by bootstrap/memory-watch.cjs. A small young generation leaves small functions room
 * below that limit.
 */
export function nodeArguments(fn: FunctionModel, bootstrap: string): string[] {
  const semiSpaceMb = Math.min(Math.floor(fn.memoryMb * 0.05), defaultSemiSpaceMb);
  return [
    `--max-old-space-size=${Math.floor(fn.memoryMb * 0.9)}`,
    `--max-semi-space-size=${semiSpaceMb}`,
    ...(runtimeMajor(fn.runtime) < 24 ? withoutLaterModuleFeatures(fn) : []),
    bootstrap,
  ];
}

/**
 * Runtimes before nodejs24.x neither `require` an ES module nor take a file for one by its syntax, unless NODE_OPTIONS
 * asks for it (Lambda Developer Guide, "Building Lambda functions with Node.js").
 */
function withoutLaterModuleFeatures({ environment }: FunctionModel): string[] {
  const asked = environment['NODE_OPTIONS'] ?? '';
  return ['experimental-require-module', 'experimental-detect-module']
    .filter((feature) => !asked.includes(`--${feature}`))
    .map((feature) => `--no-${feature}`);
}

/** Names a script that Lambda starts in place of the runtime (Developer Guide, "Modifying the runtime environment"). */
export const wrapperName = 'AWS_LAMBDA_EXEC_WRAPPER';

/** Where a function's code lies on AWS. */
const taskRootOnAws = '/var/task/';

/** The path of a function's wrapper below the folder of its code; undefined without a wrapper among the code. */
export function wrapperInCode({ environment }: Pick<FunctionModel, 'environment'>): string | undefined {
  const wrapper = environment[wrapperName] ?? '';
  return wrapper.startsWith(taskRootOnAws) ? wrapper.slice(taskRootOnAws.length) : undefined;
}

/** The command that starts the runtime. A wrapper gets the command of the runtime as its arguments, as on AWS. */
export function runtimeCommand(
  fn: FunctionModel,
  taskRoot: string,
  runtime: [program: string, ...rest: string[]],
): [program: string, ...rest: string[]] {
  const wrapper = wrapperInCode(fn);
  return wrapper === undefined ? runtime : [path.join(taskRoot, wrapper), ...runtime];
}

/** 24 of `nodejs24.x`. */
export function runtimeMajor(runtime: string): number {
  return Number(/^nodejs(\d+)/.exec(runtime)?.[1] ?? Infinity);
}
