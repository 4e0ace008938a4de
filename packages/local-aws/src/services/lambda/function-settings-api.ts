import { AwsError, type RestRoute } from '../../endpoint/api.ts';
import { type DeployedFunction, listedConfiguration, type RequestedFunctions } from './functions-api.ts';

/** Source: Lambda Developer Guide, "Lambda quotas". */
const quotas = {
  totalCodeBytes: 80_530_636_800,
  unzippedCodeBytes: 262_144_000,
  zippedCodeBytes: 52_428_800,
} as const;

/**
 * The account's limits, and what its functions use of them.
 *
 * @param concurrency of the account
 */
export function getAccountSettings(all: () => readonly DeployedFunction[], concurrency: number): RestRoute {
  return {
    operation: 'GetAccountSettings',
    method: 'GET',
    path: '/2016-08-19/account-settings',
    permissions: () => [{ action: 'lambda:GetAccountSettings', resource: '*' }],
    run() {
      const functions = all();
      const reserved = functions.reduce((sum, { fn }) => sum + (fn.reservedConcurrency ?? 0), 0);
      return {
        status: 200,
        body: {
          AccountLimit: {
            TotalCodeSize: quotas.totalCodeBytes,
            CodeSizeUnzipped: quotas.unzippedCodeBytes,
            CodeSizeZipped: quotas.zippedCodeBytes,
            ConcurrentExecutions: concurrency,
            UnreservedConcurrentExecutions: concurrency - reserved,
          },
          AccountUsage: {
            TotalCodeSize: functions.reduce((sum, { code }) => sum + code.sizeBytes, 0),
            FunctionCount: functions.length,
          },
        },
      };
    },
  };
}

/** An empty object for a function that reserves none. */
export function getFunctionConcurrency({ find, arnOf }: RequestedFunctions): RestRoute {
  return {
    operation: 'GetFunctionConcurrency',
    method: 'GET',
    path: '/2019-09-30/functions/{FunctionName}/concurrency',
    permissions: (request) => [{ action: 'lambda:GetFunctionConcurrency', resource: arnOf(request) }],
    run(request) {
      const { reservedConcurrency } = find(request).fn;
      return {
        status: 200,
        body: reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency },
      };
    },
  };
}

/** The retries of asynchronous invocations; `ResourceNotFoundException` where the template sets none. */
export function getFunctionEventInvokeConfig({ find, arnOf }: RequestedFunctions): RestRoute {
  return {
    operation: 'GetFunctionEventInvokeConfig',
    method: 'GET',
    path: '/2019-09-25/functions/{FunctionName}/event-invoke-config',
    permissions: (request) => [{ action: 'lambda:GetFunctionEventInvokeConfig', resource: arnOf(request) }],
    run(request) {
      const { fn, updatedAtMs } = find(request, '$LATEST');
      const arn = `${fn.arn}:$LATEST`;
      if (fn.asyncRetry === undefined) {
        throw new AwsError('ResourceNotFoundException', `The function ${arn} doesn't have an EventInvokeConfig`, {
          httpStatus: 404,
          members: { Type: 'User' },
        });
      }
      const { maximumRetryAttempts, maximumEventAgeSeconds } = fn.asyncRetry;
      return {
        status: 200,
        body: {
          LastModified: updatedAtMs / 1000,
          FunctionArn: arn,
          ...(maximumRetryAttempts !== undefined && { MaximumRetryAttempts: maximumRetryAttempts }),
          ...(maximumEventAgeSeconds !== undefined && { MaximumEventAgeInSeconds: maximumEventAgeSeconds }),
          DestinationConfig: { OnSuccess: {}, OnFailure: {} },
        },
      };
    },
  };
}

/** The policy that the template's permissions make; `ResourceNotFoundException` where it has none for the function. */
export function getPolicy({ find, arnOf }: RequestedFunctions): RestRoute {
  return {
    operation: 'GetPolicy',
    method: 'GET',
    path: '/2015-03-31/functions/{FunctionName}/policy',
    permissions: (request) => [{ action: 'lambda:GetPolicy', resource: arnOf(request) }],
    run(request) {
      const { fn, revisionId } = find(request);
      if (fn.permissions === undefined) {
        throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
          httpStatus: 404,
          members: { Type: 'User' },
        });
      }
      const Policy = JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: fn.permissions });
      return { status: 200, body: { Policy, RevisionId: revisionId } };
    },
  };
}

/** `$LATEST` only: a template's versions have no code of their own here. */
export function listVersionsByFunction({ find, arnOf, hidden }: RequestedFunctions): RestRoute {
  return {
    operation: 'ListVersionsByFunction',
    method: 'GET',
    path: '/2015-03-31/functions/{FunctionName}/versions',
    permissions: (request) => [{ action: 'lambda:ListVersionsByFunction', resource: arnOf(request) }],
    run(request, { caller }) {
      const deployed = find(request);
      return { status: 200, body: { Versions: [listedConfiguration(deployed, true, hidden(deployed.fn, caller))] } };
    },
  };
}

/** None: a template's aliases cannot be invoked here. */
export function listAliases({ find, arnOf }: RequestedFunctions): RestRoute {
  return {
    operation: 'ListAliases',
    method: 'GET',
    path: '/2015-03-31/functions/{FunctionName}/aliases',
    permissions: (request) => [{ action: 'lambda:ListAliases', resource: arnOf(request) }],
    run(request) {
      find(request);
      return { status: 200, body: { Aliases: [] } };
    },
  };
}
