import type { AwsError } from './aws-error.ts';
import type { HttpAnswer } from './protocol.ts';
import type { RestResponse } from './service.ts';

/** REST-JSON (Lambda): method and path name the operation, errors carry their code in a header. */
export const restProtocol = {
  success(response: RestResponse, requestId: string): HttpAnswer {
    const body = response.body ?? '';
    return {
      status: response.status,
      headers: { 'content-type': 'application/json', ...response.headers, 'x-amzn-RequestId': requestId },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    };
  },

  failure(error: AwsError, requestId: string): HttpAnswer {
    return {
      status: error.httpStatus,
      headers: {
        'content-type': 'application/json',
        'x-amzn-RequestId': requestId,
        'x-amzn-errortype': error.code,
      },
      body: JSON.stringify({ ...error.members, message: error.message }),
    };
  },
};
