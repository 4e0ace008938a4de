import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusal } from '../../endpoint/request-guard.ts';

/** An invocation as the Runtime API hands it to the process that asks for the next one. */
export interface RuntimeInvocation {
  readonly requestId: string;
  readonly payload: string;
  readonly deadlineMs: number;
  readonly invokedFunctionArn: string;
  readonly traceHeader: string;
  /** JSON text. */
  readonly clientContext?: string | undefined;
}

/** One process's side of the Runtime API. */
export interface RuntimeSession {
  /** The process is ready; `deliver` answers its request with an invocation, at once or later. */
  onNext(deliver: (invocation: RuntimeInvocation) => void): void;
  /** False when the request id is not the one under way. `body` is undefined when it passes the response limit. */
  onResponse(requestId: string, body: string | undefined): boolean;
  onError(requestId: string, body: string): boolean;
  onInitError(body: string): void;
}

/** 6 MB and 100 bytes for the envelope: the limit named in Lambda's own message. */
export const responseLimitBytes = 6_291_556;

const route = /^\/([0-9a-f-]+)\/2018-06-01\/runtime\/(?:invocation\/(next|([^/]+)\/(response|error))|(init\/error))$/;

/** A function's process sends its headers at once. A client that takes longer is something else. */
const headersTimeoutMs = 10_000;
const mostConnections = 5_000;

/**
 * The Lambda Runtime API, version 2018-06-01 (Lambda Developer Guide, "Using the Lambda runtime API"), for all
 * environments at once: the first part of the path says which process calls. Only that process knows it, so that
 * nobody else on this machine can take an invocation or answer one; web pages are refused as at the endpoint.
 */
export class RuntimeApiServer {
  readonly #sessions = new Map<string, RuntimeSession>();
  readonly #server: Server = createServer((request, response) => {
    void this.#handle(request, response).catch(() => response.destroy());
  });

  async start(): Promise<void> {
    this.#server.keepAliveTimeout = 0;
    this.#server.requestTimeout = 0;
    this.#server.headersTimeout = headersTimeoutMs;
    this.#server.maxConnections = mostConnections;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /** The value of `AWS_LAMBDA_RUNTIME_API` for the process with this key: hex digits and hyphens, hard to guess. */
  address(processKey: string): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}/${processKey}`;
  }

  register(processKey: string, session: RuntimeSession): void {
    this.#sessions.set(processKey, session);
  }

  unregister(processKey: string): void {
    this.#sessions.delete(processKey);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (refusal(request.headers, request.url) !== undefined) return refuse(response, 403, 'Forbidden');
    const [, processKey = '', invocation, requestId = '', outcome, initError] = route.exec(request.url ?? '') ?? [];
    const session = this.#sessions.get(processKey);
    if (session === undefined) return refuse(response, 404, 'NotFound');
    if (request.method !== (invocation === 'next' ? 'GET' : 'POST')) return refuse(response, 405, 'MethodNotAllowed');
    if (invocation === 'next') return session.onNext((next) => deliver(response, next));
    const body = await read(request);
    if (initError !== undefined) {
      session.onInitError(body ?? '{}');
      return answer(response, 202);
    }
    const accepted =
      outcome === 'response' ? session.onResponse(requestId, body) : session.onError(requestId, body ?? '{}');
    if (!accepted) return answer(response, 400, 'InvalidRequestID');
    answer(response, body === undefined ? 413 : 202, body === undefined ? 'RequestEntityTooLarge' : undefined);
  }
}

/** Undefined when the body passes the limit; it is read to its end all the same, so that the client gets its answer. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= responseLimitBytes) chunks.push(chunk);
  }
  if (bytes > responseLimitBytes) return undefined;
  return (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? '';
}

function deliver(response: ServerResponse, next: RuntimeInvocation): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(next.payload),
    'lambda-runtime-aws-request-id': next.requestId,
    'lambda-runtime-deadline-ms': String(next.deadlineMs),
    'lambda-runtime-invoked-function-arn': next.invokedFunctionArn,
    'lambda-runtime-trace-id': next.traceHeader,
    ...(next.clientContext !== undefined && { 'lambda-runtime-client-context': next.clientContext }),
  });
  response.end(next.payload);
}

/** Answers a client that is not one of the processes, and reads nothing more of the request. */
function refuse(response: ServerResponse, status: number, errorType: string): void {
  response.setHeader('connection', 'close');
  answer(response, status, errorType);
}

function answer(response: ServerResponse, status: number, errorType?: string): void {
  const body = errorType === undefined ? '{"status":"OK"}' : JSON.stringify({ errorMessage: errorType, errorType });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
