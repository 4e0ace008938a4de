import { AwsError, type RestRequest, type RestResponse, type RestRoute } from '../../endpoint/api.ts';
import { isQualified, type RequestedFunctions } from './functions-api.ts';
import type { InvokeOptions, InvokeResult } from './invoke-result.ts';
import type { FunctionModel } from './model.ts';

interface InvokeTargets extends RequestedFunctions {
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
      const { fn } = targets.find(request, '$LATEST');
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

/** Lambda quotas: 6 MB for a synchronous payload, 1 MB for an asynchronous one. */
const limitBytes = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024, DryRun: 6 * 1024 * 1024 } as const;

/** The longest client context, in Base64 as the header has it (API reference, Invoke). */
const clientContextBytes = 3583;

/** An Invoke request, its headers and body checked. */
interface InvokeRequest {
  readonly invocationType: 'RequestResponse' | 'Event' | 'DryRun';
  readonly logType: 'None' | 'Tail';
  /** JSON text; `{}` when the request has no body. */
  readonly payload: string;
  /** JSON text in ASCII; not of an event, to which Lambda does not pass it on. */
  readonly clientContext?: string;
  readonly traceHeader?: string;
}

/** Reads and checks what Invoke's headers and body say; throws `AwsError`. */
export function parseInvokeRequest({ headers, body }: RestRequest): InvokeRequest {
  const invocationType = oneOf('invocationType', headers['x-amz-invocation-type'] ?? 'RequestResponse', [
    'Event',
    'RequestResponse',
    'DryRun',
  ] as const);
  const logType = oneOf('logType', headers['x-amz-log-type'] ?? 'None', ['None', 'Tail'] as const);
  const limit = limitBytes[invocationType];
  if (body.length > limit) {
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
      { httpStatus: 413, members: { Type: 'User' } },
    );
  }
  const clientContext = clientContextOf(headers['x-amz-client-context']);
  const traceHeader = headers['x-amzn-trace-id'];
  return {
    invocationType,
    logType,
    payload: jsonText(body),
    ...(clientContext !== undefined && invocationType === 'RequestResponse' && { clientContext }),
    ...(traceHeader !== undefined && { traceHeader }),
  };
}

function oneOf<T extends string>(member: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}

/**
 * The first message is AWS's. Escaped, because it goes to the function in a header, where line breaks and most other
 * letters cannot stand.
 */
function clientContextOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (header.length > clientContextBytes) {
    throw badContent(`Client context must have at most ${clientContextBytes} bytes in Base64, not ${header.length}.`);
  }
  const context = parsed(Buffer.from(header, 'base64'));
  if (typeof context !== 'object' || context === null || Array.isArray(context)) {
    throw badContent('Client context must be a valid Base64-encoded JSON object.');
  }
  return JSON.stringify(context).replaceAll(
    /[^ -~]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function jsonText(body: Buffer): string {
  if (body.length === 0) return '{}';
  try {
    const text = utf8.decode(body);
    JSON.parse(text);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badContent(`Could not parse request body into json: Could not parse payload into json: ${reason}`);
  }
}

function badContent(message: string): AwsError {
  return new AwsError('InvalidRequestContentException', message, { members: { Type: 'User' } });
}
