import type { RestRoute } from '../../endpoint/service.ts';
import { type FindDeployed, isQualified } from './find-deployed.ts';
import { functionConfiguration } from './function-configuration.ts';

export function getFunctionConfiguration(find: FindDeployed): RestRoute {
  return {
    operation: 'GetFunctionConfiguration',
    method: 'GET',
    path: '/2015-03-31/functions/{FunctionName}/configuration',
    permissions: (request) => [{ action: 'lambda:GetFunctionConfiguration', resource: find(request).fn.arn }],
    run: (request) => ({ status: 200, body: functionConfiguration(find(request), isQualified(request)) }),
  };
}
