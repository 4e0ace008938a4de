import { pathToFileURL } from 'node:url';
import type { RestRoute } from '../../endpoint/service.ts';
import { type RequestedFunctions, isQualified } from './find-deployed.ts';
import { functionConfiguration } from './function-configuration.ts';

export function getFunction({ find, arnOf }: RequestedFunctions): RestRoute {
  return {
    operation: 'GetFunction',
    method: 'GET',
    path: '/2015-03-31/functions/{FunctionName}',
    permissions: (request) => [{ action: 'lambda:GetFunction', resource: arnOf(request) }],
    run(request) {
      const deployed = find(request);
      const { reservedConcurrency } = deployed.fn;
      return {
        status: 200,
        body: {
          Configuration: functionConfiguration(deployed, isQualified(request)),
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
