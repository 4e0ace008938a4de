import {
  AwsError,
  faultOf,
  type JsonObject,
  type Protocol,
  type RpcService,
  type Shape,
  type StructureShape,
} from './api.ts';

/**
 * Checks parsed JSON against its shape and drops nulls, which the AWS protocols treat as absent. Unknown members are
 * left alone. Throws `SerializationException` with the words of AWS's own deserialiser (as dynalite recorded them from
 * DynamoDB, which is served by the same framework).
 */
export function checkStructure(value: JsonObject, shape: StructureShape): void {
  for (const [name, member] of Object.entries(shape.members)) {
    const given = value[name];
    if (given === undefined) continue;
    if (given === null) delete value[name];
    else checkValue(given, member);
  }
}

function checkValue(value: unknown, shape: Shape): void {
  if (typeof shape === 'string') {
    if (!isScalar(value, shape)) throw serializationError(value, scalarNames[shape]);
  } else if ('list' in shape) {
    if (!Array.isArray(value)) throw serializationError(value, 'List');
    for (const item of value) checkValue(item, shape.list);
  } else {
    if (!isObject(value)) throw serializationError(value, 'map or structure');
    if ('members' in shape) checkStructure(value, shape);
    else for (const item of Object.values(value)) checkValue(item, shape.map);
  }
}

const scalarNames = { string: 'String', integer: 'Integer', boolean: 'Boolean', blob: 'Blob' };

function isScalar(value: unknown, shape: keyof typeof scalarNames): boolean {
  switch (shape) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'blob':
      return typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0;
  }
}

/** Whether the value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function serializationError(value: unknown, wanted: string): AwsError {
  if (Array.isArray(value)) return new AwsError('SerializationException', 'Start of list found where not expected');
  if (isObject(value)) {
    return new AwsError('SerializationException', 'Start of structure or map found where not expected.');
  }
  const found =
    typeof value === 'string'
      ? 'STRING_VALUE'
      : typeof value === 'number'
        ? Number.isInteger(value)
          ? 'NUMBER_VALUE'
          : 'DECIMAL_VALUE'
        : value === null
          ? 'NULL_VALUE'
          : value === true
            ? 'TRUE_VALUE'
            : 'FALSE_VALUE';
  return new AwsError('SerializationException', `${found} cannot be converted to ${wanted}`);
}

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
