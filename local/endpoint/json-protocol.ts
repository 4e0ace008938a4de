import { AwsError } from './aws-error.ts';
import { checkStructure, isObject } from './check-input.ts';
import { faultOf } from './protocol.ts';
import type { Protocol } from './protocol.ts';
import type { JsonObject, RpcService, StructureShape } from './service.ts';

/** AWS JSON 1.0 and 1.1: `X-Amz-Target` names the operation, input and output are JSON documents. */
export function jsonProtocol(contentType: string | undefined, service: RpcService | undefined): Protocol {
  const type = contentType?.startsWith('application/x-amz-json-1.1')
    ? 'application/x-amz-json-1.1'
    : 'application/x-amz-json-1.0';
  return {
    success: (output, requestId) => ({
      status: 200,
      headers: { 'content-type': type, 'x-amzn-RequestId': requestId },
      body: JSON.stringify(output),
    }),
    failure: (error, requestId) => ({
      status: error.httpStatus,
      headers: {
        'content-type': type,
        'x-amzn-RequestId': requestId,
        // Smithy's awsQueryCompatible trait: clients written for the Query protocol see the codes they know.
        ...(service?.queryCompatible === true && { 'x-amzn-query-error': `${error.queryCode};${faultOf(error)}` }),
      },
      body: JSON.stringify({
        __type: service?.errorNamespace === undefined ? error.code : `${service.errorNamespace}#${error.code}`,
        ...error.members,
        message: error.message,
      }),
    }),
  };
}

/** Replaces nothing: what is not UTF-8 would otherwise become another text than was sent. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses a JSON request body; throws `SerializationException` when it is not a JSON object of the given shape. */
export function jsonInput(body: Buffer, shape: StructureShape | undefined): JsonObject {
  if (body.length === 0) return {};
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new AwsError('SerializationException', 'The request body is not UTF-8.');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
  if (!isObject(parsed)) throw new AwsError('SerializationException', 'The request body is not a JSON object.');
  if (shape !== undefined) checkStructure(parsed, shape);
  return parsed;
}
