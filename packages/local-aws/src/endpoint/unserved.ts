import type { IncomingHttpHeaders } from 'node:http';
import { AwsError, type HttpAnswer, type Protocol, type RestRoute } from './api.ts';
import { escapeXml } from './query.ts';
import { restProtocol } from './rest.ts';

/** The error for an operation that AWS has and this endpoint does not. SDKs do not try again after a 501. */
export function notImplemented(service: string, operation: string): AwsError {
  return new AwsError('NotImplemented', `The local endpoint does not implement ${service}: ${operation}.`, {
    httpStatus: 501,
  });
}

/**
 * Routes that say which operation is not here. A REST request names no operation: without them a client would read of a
 * method and a path.
 *
 * @param operations a line each: method, path, and the operation's name in the API reference
 */
export function unservedRoutes(service: string, operations: string): readonly RestRoute[] {
  return operations
    .trim()
    .split('\n')
    .map((line) => {
      const [method, path = '', operation = ''] = line.trim().split(/ +/);
      return {
        operation,
        method: method as RestRoute['method'],
        path,
        run() {
          throw notImplemented(service, operation);
        },
      };
    });
}

/** The error for an operation that AWS does not have: `InvalidAction` in Query, `UnknownOperationException` elsewhere. */
export function unknownOperation(name: string, style: 'json' | 'query'): AwsError {
  return style === 'query'
    ? new AwsError('InvalidAction', `The action ${name} is not valid for this endpoint.`)
    : new AwsError('UnknownOperationException', `The operation ${name} is not known.`);
}

/** The protocol in which a client of a service that is not here can read an error. */
export function unservedProtocol(
  headers: IncomingHttpHeaders,
  signingName: string | undefined,
): { failure: Protocol['failure'] } {
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return cborErrors;
  return restXmlServices.has(signingName ?? '') ? xmlErrors : restProtocol;
}

const restXmlServices = new Set(['s3', 'route53', 'cloudfront']);

const xmlErrors = {
  failure: (error: AwsError, requestId: string): HttpAnswer => ({
    status: error.httpStatus,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
    body:
      `<?xml version="1.0"?><Error><Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message>` +
      `<RequestId>${requestId}</RequestId></Error>`,
  }),
};

/** Smithy RPC v2: an error is a CBOR map of text strings (CloudWatch metrics speak it in current SDKs). */
const cborErrors = {
  failure: (error: AwsError, requestId: string): HttpAnswer => ({
    status: error.httpStatus,
    headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor', 'x-amzn-RequestId': requestId },
    body: Buffer.concat([Buffer.of(0xa2), ...['__type', error.code, 'message', error.message].map(cborText)]),
  }),
};

/** RFC 8949: major type 3 with a two-byte length. */
function cborText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8').subarray(0, 0xff_ff);
  return Buffer.concat([Buffer.of(0x79, bytes.length >> 8, bytes.length & 0xff), bytes]);
}
