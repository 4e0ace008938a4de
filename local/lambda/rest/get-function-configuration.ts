import type { RestRoute } from '../../endpoint/service.ts';
import { type RequestedFunctions, isQualified } from './find-deployed.ts';
import { functionConfiguration } from './function-configuration.ts';

export function getFunctionConfiguration({ find, arnOf }: RequestedFunctions): RestRoute {
  return {
    operation: 'GetFunctionConfiguration',
    method: 'GET',
    path: '/2015-03-31/functions/{FunctionName}/configuration',
    permissions: (request) => [{ action: 'lambda:GetFunctionConfiguration', resource: arnOf(request) }],
    run: (request) => ({ status: 200, body: functionConfiguration(find(request), isQualified(request)) }),
  };
}
