import { pathToFileURL } from 'node:url';
import { AwsError, type Caller, type JsonObject, type RestRequest, type RestRoute } from '../../endpoint/api.ts';
import type { DeployedCode } from './code-store.ts';
import { parseFunctionName } from './function-name.ts';
import type { FunctionModel } from './model.ts';

/** A function and what the service knows of its code. */
export interface DeployedFunction {
  readonly fn: FunctionModel;
  readonly code: DeployedCode;
  readonly updatedAtMs: number;
  /** Another one after each change of the function. */
  readonly revisionId: string;
  /** Of the runtime that the function runs on here. */
  readonly runtimeArn: string;
}

/** What a request names in its path and `Qualifier`. */
export interface RequestedFunctions {
  /** Throws `ResourceNotFoundException`, which names `impliedQualifier` when the request names none. */
  readonly find: (request: RestRequest, impliedQualifier?: string) => DeployedFunction;
  /** Whether or not there is such a function; throws `ValidationException`. */
  readonly arnOf: (request: RestRequest) => string;
  /** Why a caller may not see a function's environment variables; undefined for who may. */
  readonly hidden: HiddenFrom;
}

/** The text of a denial, because a key of the account encrypts what a caller wants to see. */
export type HiddenFrom = (fn: FunctionModel, caller: Caller) => string | undefined;

export function getFunction({ find, arnOf, hidden }: RequestedFunctions): RestRoute {
  return {
    operation: 'GetFunction',
    method: 'GET',
    path: '/2015-03-31/functions/{FunctionName}',
    permissions: (request) => [{ action: 'lambda:GetFunction', resource: arnOf(request) }],
    run(request, { caller }) {
      const deployed = find(request);
      const { reservedConcurrency } = deployed.fn;
      return {
        status: 200,
        body: {
          Configuration: functionConfiguration(deployed, isQualified(request), hidden(deployed.fn, caller)),
          // On AWS a link to the archive in S3; here the folder that runs.
          Code: { RepositoryType: 'S3', Location: pathToFileURL(deployed.code.taskRoot).href },
          ...(reservedConcurrency !== undefined && {
            Concurrency: { ReservedConcurrentExecutions: reservedConcurrency },
          }),
        },
      };
    },
  };
}

export function getFunctionConfiguration({ find, arnOf, hidden }: RequestedFunctions): RestRoute {
  return {
    operation: 'GetFunctionConfiguration',
    method: 'GET',
    path: '/2015-03-31/functions/{FunctionName}/configuration',
    permissions: (request) => [{ action: 'lambda:GetFunctionConfiguration', resource: arnOf(request) }],
    run(request, { caller }) {
      const deployed = find(request);
      return {
        status: 200,
        body: functionConfiguration(deployed, isQualified(request), hidden(deployed.fn, caller)),
      };
    },
  };
}

/** Lambda answers at most 50 functions a page, whatever `MaxItems` says (API reference, ListFunctions). */
const pageLimit = 50;

export function listFunctions(all: () => readonly DeployedFunction[], hidden: HiddenFrom): RestRoute {
  return {
    operation: 'ListFunctions',
    method: 'GET',
    path: '/2015-03-31/functions',
    permissions: () => [{ action: 'lambda:ListFunctions', resource: '*' }],
    run({ query }, { caller }) {
      const maxItems = maximumItems(query.get('MaxItems'));
      const sorted = all().toSorted((a, b) => (a.fn.name < b.fn.name ? -1 : 1));
      const start = startOf(sorted, query.get('Marker'));
      const page = sorted.slice(start, start + maxItems);
      const next = sorted[start + maxItems];
      const version = query.get('FunctionVersion');
      if (version !== null && version !== 'ALL') {
        const message = `Value '${version}' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]`;
        throw new AwsError('ValidationException', `1 validation error detected: ${message}`);
      }
      return {
        status: 200,
        body: {
          ...(next !== undefined && { NextMarker: Buffer.from(next.fn.name).toString('base64') }),
          Functions: page.map((deployed) => listedConfiguration(deployed, false, hidden(deployed.fn, caller))),
        },
      };
    },
  };
}

function maximumItems(text: string | null): number {
  if (text === null) return pageLimit;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 10_000) return Math.min(value, pageLimit);
  const bound = value < 1 ? 'greater than or equal to 1' : 'less than or equal to 10000';
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${text}' at 'maxItems' failed to satisfy constraint: Member must have value ${bound}`,
  );
}

/** The marker names the first function of its page, so that it holds when functions come and go. */
function startOf(sorted: readonly DeployedFunction[], marker: string | null): number {
  if (marker === null || marker === '') return 0;
  const name = Buffer.from(marker, 'base64').toString('utf8');
  const index = sorted.findIndex(({ fn }) => fn.name >= name);
  return index === -1 ? sorted.length : index;
}

/**
 * The `FunctionConfiguration` of the Lambda API. Members and their order as recorded against AWS by LocalStack
 * (test_function_lifecycle).
 *
 * @param qualified the caller named `$LATEST`, which then ends the ARN
 * @param denial why the caller may not see the environment variables
 */
export function functionConfiguration(
  { fn, code, updatedAtMs, revisionId, runtimeArn }: DeployedFunction,
  qualified: boolean,
  denial: string | undefined,
): JsonObject {
  return {
    FunctionName: fn.name,
    FunctionArn: qualified ? `${fn.arn}:$LATEST` : fn.arn,
    Runtime: fn.runtime,
    Role: fn.roleArn,
    Handler: fn.handler,
    CodeSize: code.sizeBytes,
    Description: fn.description,
    Timeout: fn.timeoutSeconds,
    MemorySize: fn.memoryMb,
    LastModified: new Date(updatedAtMs).toISOString().replace('Z', '+0000'),
    CodeSha256: code.sha256,
    Version: '$LATEST',
    ...(Object.keys(fn.environment).length > 0 && { Environment: shownEnvironment(fn, denial) }),
    ...(fn.kmsKeyArn !== undefined && { KMSKeyArn: fn.kmsKeyArn }),
    TracingConfig: { Mode: fn.activeTracing ? 'Active' : 'PassThrough' },
    RevisionId: revisionId,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [fn.architecture],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    RuntimeVersionConfig: { RuntimeVersionArn: runtimeArn },
    LoggingConfig: {
      LogFormat: fn.logFormat,
      ...(fn.logFormat === 'JSON' && {
        ApplicationLogLevel: fn.applicationLogLevel,
        SystemLogLevel: fn.systemLogLevel,
      }),
      LogGroup: fn.logGroupName,
    },
  };
}

/** Lists have less than GetFunctionConfiguration tells (Lambda API reference, ListFunctions). */
export function listedConfiguration(...of: Parameters<typeof functionConfiguration>): JsonObject {
  const {
    State: _state,
    LastUpdateStatus: _status,
    RuntimeVersionConfig: _runtime,
    ...listed
  } = functionConfiguration(...of);
  return listed;
}

/**
 * Whoever may not decrypt with the function's key does not see its variables, but why (Lambda API reference,
 * `EnvironmentError`). The function itself needs no permission: Lambda makes a grant on the key for the function's role.
 */
function shownEnvironment({ environment }: FunctionModel, denial: string | undefined): JsonObject {
  if (denial === undefined) return { Variables: { ...environment } };
  const why =
    'Lambda was unable to decrypt your environment variables because the KMS access was denied. Please check your KMS permissions.';
  const Message = `${why} KMS Exception: AccessDeniedException KMS Message: ${denial}`;
  return { Error: { ErrorCode: 'AccessDeniedException', Message } };
}

/** Whether the request names a version, as part of the name or as `Qualifier`. */
export function isQualified({ parameters, query }: RestRequest): boolean {
  return query.has('Qualifier') || parseFunctionName(parameters['FunctionName'] ?? '').qualifier !== undefined;
}
