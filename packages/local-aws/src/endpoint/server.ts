import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { EventStream } from '../events.ts';
import { AwsError, type HttpAnswer, internalFailure } from './api.ts';
import { listenOnLoopback } from './listen.ts';
import { readBody, refusal } from './request-guard.ts';
import { restProtocol } from './rest.ts';
import { type Backend, createRouter, type Router } from './router.ts';

/** How to listen. Without services, requests are answered with a 503 until `serve` gives some. */
export interface EndpointOptions extends Partial<Backend> {
  /** 0 lets the system choose. */
  readonly port: number;
  /** Whether to move on to the next free port when `port` is taken (else `PORT_TAKEN` is thrown). */
  readonly nextFreePort: boolean;
  readonly events: EventStream;
  readonly clock: Clock;
  /** Limits in place of those of `endpointLimits`. */
  readonly limits?: Partial<EndpointLimits>;
}

/** What a client may take of the endpoint. */
export interface EndpointLimits {
  /** How long a client may take to send the headers of a request. */
  readonly headersMs: number;
  /** How long a client may take to send a whole request. */
  readonly requestMs: number;
  /** How often the endpoint looks for clients that take longer. */
  readonly checkMs: number;
  /** How many connections may be open. Further ones are closed at once. */
  readonly connections: number;
}

/** SDKs open 50 connections a client and send a request in milliseconds. */
export const endpointLimits: EndpointLimits = {
  headersMs: 10_000,
  requestMs: 60_000,
  checkMs: 2_000,
  connections: 5_000,
};

/** One HTTP server on 127.0.0.1 for all services. */
export interface Endpoint {
  /** `http://127.0.0.1:4566`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Puts services behind the endpoint, in place of those before; until then every request gets a 503. */
  serve(backend: Backend): void;
  /** Stops listening and ends every connection, long polls included. */
  close(): Promise<void>;
}

/** How many different problems are told. Their texts hold what clients sent, and a client may send anything. */
const mostToldProblems = 200;
/** Longer than clients keep idle connections, so that they close them and never write into a closing one. */
export const keepAliveMs = 65_000;

/**
 * Starts the one HTTP endpoint that AWS clients talk to, on 127.0.0.1 only. The port is known before services are:
 * queue URLs carry it, and the template's intrinsic functions resolve to queue URLs.
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { events, clock } = options;
  const told = new Set<string>();
  let router: Router | undefined;

  const report = (problem: AwsError | Error) => {
    if (told.has(problem.message) || told.size === mostToldProblems) return;
    told.add(problem.message);
    const isBug = !(problem instanceof AwsError);
    const message = isBug ? (problem.stack ?? problem.message) : problem.message;
    const atMs = clock.now();
    events.emit({ type: 'notice', atMs, level: isBug ? 'error' : 'warning', message });
    if (told.size < mostToldProblems) return;
    const last = `These were ${mostToldProblems} different problems: no further one is told until the next start.`;
    events.emit({ type: 'notice', atMs, level: 'warning', message: last });
  };

  const respond = async (request: IncomingMessage, response: ServerResponse, requestId: string) => {
    const refused = refusal(request.headers, request.url);
    if (refused !== undefined) throw new AwsError('AccessDeniedException', refused, { httpStatus: 403 });
    const body = await readBody(request);
    if (router === undefined) {
      throw new AwsError('ServiceUnavailable', 'The local runtime is still starting.', { httpStatus: 503 });
    }
    return router(request, response, body, requestId);
  };

  const fail = (response: ServerResponse, requestId: string, error: unknown) => {
    if (!response.req.complete) response.setHeader('connection', 'close');
    if (!(error instanceof AwsError)) report(error instanceof Error ? error : new Error(String(error)));
    // The text of an unforeseen error may name files of this machine. Only the console shows it.
    const known = error instanceof AwsError ? error : internalFailure();
    write(response, restProtocol.failure(known, requestId));
  };

  const limits = { ...endpointLimits, ...options.limits };
  const server = createServer({ connectionsCheckingInterval: limits.checkMs }, (request, response) => {
    const requestId = randomUUID();
    respond(request, response, requestId)
      .then((answer) => write(response, answer))
      .catch((error: unknown) => fail(response, requestId, error));
  });
  server.headersTimeout = limits.headersMs;
  server.requestTimeout = limits.requestMs;
  server.keepAliveTimeout = keepAliveMs;
  server.maxConnections = limits.connections;
  const port = await listenOnLoopback(server, { ...options, option: '--port' });

  const endpoint: Endpoint = {
    url: `http://127.0.0.1:${port}`,
    port,
    serve(backend) {
      router = createRouter(backend, report);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const { rpcServices, restServices, resolveCaller, authorize } = options;
  if (rpcServices && restServices && resolveCaller && authorize) {
    endpoint.serve({ rpcServices, restServices, resolveCaller, authorize });
  }
  return endpoint;
}

function write(response: ServerResponse, answer: HttpAnswer): void {
  if (response.destroyed) return;
  if (answer.status === 204) {
    response.writeHead(204, answer.headers).end();
    return;
  }
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}
