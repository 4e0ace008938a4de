import type { RestRequest, RestResponse, RestRoute } from '../../endpoint/service.ts';
import type { FunctionModel } from '../../model.ts';
import type { InvokeOptions, InvokeResult } from '../invoke-result.ts';
import { type RequestedFunctions, isQualified } from './find-deployed.ts';
import { parseInvokeRequest } from './invoke-request.ts';

export interface InvokeTargets extends RequestedFunctions {
  invoke(functionName: string, payload: string, options: InvokeOptions): Promise<InvokeResult>;
  /** Takes the event for later and returns at once. */
  enqueue(fn: FunctionModel, payload: string, options: InvokeOptions): void;
}

export function invoke(targets: InvokeTargets): RestRoute {
  return {
    operation: 'Invoke',
    method: 'POST',
    path: '/2015-03-31/functions/{FunctionName}/invocations',
    permissions: (request) => [{ action: 'lambda:InvokeFunction', resource: targets.arnOf(request) }],
    async run(request, { requestId }) {
      const { fn } = targets.find(request);
      const { invocationType, payload, logType, ...forwarded } = parseInvokeRequest(request);
      const options: InvokeOptions = { ...forwarded, requestId, logType, invokedFunctionArn: invokedArn(fn, request) };
      switch (invocationType) {
        case 'DryRun':
          return { status: 204 };
        case 'Event':
          targets.enqueue(fn, payload, options);
          return { status: 202, body: '' };
        case 'RequestResponse':
          return response(await targets.invoke(fn.name, payload, options), logType);
      }
    },
  };
}

function invokedArn(fn: FunctionModel, request: RestRequest): string {
  return isQualified(request) ? `${fn.arn}:$LATEST` : fn.arn;
}

/** A function's error is HTTP 200 with a header (API reference, Invoke). */
function response(result: InvokeResult, logType: 'None' | 'Tail'): RestResponse {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(result.functionError !== undefined && { 'x-amz-function-error': result.functionError }),
      ...(logType === 'Tail' && { 'x-amz-log-result': Buffer.from(result.logTail).toString('base64') }),
    },
    body: result.payload,
  };
}
