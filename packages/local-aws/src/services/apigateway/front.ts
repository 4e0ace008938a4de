import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../clock.ts';
import { AwsError } from '../../endpoint/api.ts';
import { bodyLimitBytes, isLoopbackHost, isLoopbackOrigin, readBody } from '../../endpoint/request-guard.ts';
import { errorAnswer, type GatewayAnswer, GatewayError } from './gateway-answer.ts';
import { type GatewayRequest, headerPairs } from './gateway-request.ts';

/** An API or a function URL, as the door sees it. */
export interface Target {
  /** What stands first in its host name, and in its path at 127.0.0.1. */
  readonly id: string;
  /** `<id>.execute-api.us-east-1.localhost`: its host name here, without a port. */
  readonly hostName: string;
  /** Whether pages of this origin may call, though they are of another site. */
  allowsOrigin(origin: string): boolean;
  serve(request: GatewayRequest, signal: AbortSignal): Promise<GatewayAnswer>;
}

/** Source: API Gateway Developer Guide, "Quotas for configuring and running an HTTP API". */
const limits = { bodyBytes: 10 * 1024 * 1024, headBytes: 10_240 };

export interface FrontOptions {
  readonly port: number;
  readonly clock: Clock;
  readonly find: (id: string) => Target | undefined;
  readonly report: (error: unknown) => void;
}

/**
 * Finds the API that a request is for, by the name in `Host` or by the first part of the path, and answers with what the
 * API answers. A page of another site gets in only where the API's CORS configuration names its origin.
 */
export function createFront(options: FrontOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    serve(request, response, options)
      .catch((error: unknown) => failure(error, options))
      .then((answer) => write(response, answer, request.method === 'HEAD'))
      .catch((error: unknown) => {
        options.report(error);
        response.destroy();
      });
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { port, clock, find }: FrontOptions,
): Promise<GatewayAnswer> {
  const host = request.headers.host ?? '';
  const address = request.url ?? '/';
  if (!address.startsWith('/') || !isLoopbackHost(host)) {
    throw new GatewayError(403, `The Host header must name this machine, not "${host}".`);
  }
  const { target, path } = targetOf(host, address.split('?', 1)[0] ?? '/', find);
  const { origin } = request.headers;
  const isOwnPage = origin === undefined || isLoopbackOrigin(origin);
  if (!isOwnPage && target?.allowsOrigin(origin) !== true) {
    throw new GatewayError(
      403,
      `Requests from the web page ${origin} are refused: the CORS configuration does not name it.`,
    );
  }
  if (origin === undefined && request.headers['sec-fetch-site'] === 'cross-site') {
    throw new GatewayError(403, 'Cross-site requests from a browser are refused.');
  }
  if (target === undefined) {
    throw new GatewayError(404, `No API and no function URL is served at http://${host}${path}.`);
  }
  const headers = headerPairs(request);
  const head = headers.reduce((bytes, [, value]) => bytes + Buffer.byteLength(value), Buffer.byteLength(address));
  if (head > limits.headBytes) throw new GatewayError(431, 'Request Header Fields Too Large');
  const receivedAtMs = clock.now();
  const body = await readBody(request);
  if (body.length > limits.bodyBytes) throw new GatewayError(413, 'Request Entity Too Large');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const served: GatewayRequest = {
    method: request.method ?? 'GET',
    path,
    rawQuery: address.includes('?') ? address.slice(address.indexOf('?') + 1) : '',
    headers,
    body,
    domainName: `${target.hostName}:${port}`,
    domainPrefix: target.id,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    protocol: `HTTP/${request.httpVersion}`,
    port,
    receivedAtMs,
    traceHeader: traceHeaderOf(request, receivedAtMs),
  };
  return target.serve(served, gone.signal);
}

function targetOf(
  host: string,
  path: string,
  find: FrontOptions['find'],
): { readonly target: Target | undefined; readonly path: string } {
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '');
  const byHost = find(name.split('.')[0] ?? '');
  if (byHost !== undefined && byHost.hostName === name) return { target: byHost, path };
  const [, first = '', ...rest] = path.split('/');
  const byPath = find(first);
  return byPath === undefined ? { target: undefined, path } : { target: byPath, path: `/${rest.join('/')}` };
}

/** The client's own, or a new one that is not sampled. */
function traceHeaderOf({ headers }: IncomingMessage, nowMs: number): string {
  const given = headers['x-amzn-trace-id'];
  if (typeof given === 'string' && given.startsWith('Root=')) return given;
  return `Root=1-${Math.floor(nowMs / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
}

function failure(error: unknown, { report }: FrontOptions): GatewayAnswer {
  if (error instanceof GatewayError) return errorAnswer(error);
  if (error instanceof AwsError) {
    const text = error.httpStatus === 413 ? `Bodies of more than ${bodyLimitBytes} bytes are refused.` : error.message;
    return errorAnswer(new GatewayError(error.httpStatus, text));
  }
  report(error);
  return errorAnswer(new GatewayError(500, 'Internal Server Error'));
}

/** A header that cannot be written is a mistake of the function, and ends as a 500. */
function write(response: ServerResponse, answer: GatewayAnswer, isHead: boolean): void {
  if (response.destroyed) return;
  if (!response.req.complete) response.setHeader('connection', 'close');
  try {
    for (const [name, value] of answer.headers) {
      if (!['connection', 'content-length', 'transfer-encoding'].includes(name.toLowerCase())) {
        response.appendHeader(name, value);
      }
    }
  } catch {
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    write(response, errorAnswer(new GatewayError(500, 'Internal Server Error')), isHead);
    return;
  }
  const hasBody = answer.status !== 204 && answer.status !== 304;
  if (hasBody) response.setHeader('content-length', answer.body.length);
  response.writeHead(answer.status);
  response.end(hasBody && !isHead ? answer.body : undefined);
}
