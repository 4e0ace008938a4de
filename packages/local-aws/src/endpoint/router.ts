import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Authorize,
  AwsError,
  type CallContext,
  type Caller,
  type ForwardedOperation,
  type HttpAnswer,
  internalFailure,
  type JsonObject,
  type Protocol,
  type RestService,
  type RpcService,
} from './api.ts';
import { credentialScope, type CredentialScope, HttpCallContext } from './call-context.ts';
import { jsonInput, jsonProtocol } from './json.ts';
import { queryInput, queryJsonProtocol, queryProtocol, unknownQueryOperation } from './query.ts';
import { findRoute, type RestMatch, restProtocol } from './rest.ts';
import { notImplemented, unknownOperation, unservedProtocol } from './unserved.ts';

/** What stands behind the endpoint. */
export interface Backend {
  readonly rpcServices: readonly RpcService[];
  readonly restServices: readonly RestService[];
  readonly resolveCaller: (accessKeyId: string | undefined) => Caller;
  readonly authorize: Authorize;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: Buffer;
  readonly requestId: string;
  readonly scope: CredentialScope | undefined;
}

export type Router = (
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  requestId: string,
) => Promise<HttpAnswer>;

/**
 * Finds service, operation and protocol of a request and renders the answer or the error in that protocol:
 * `X-Amz-Target` means JSON, a form field `Action` Query, anything else a REST route. `report` is told what went
 * wrong inside and what was asked for in vain.
 */
export function createRouter(backend: Backend, report: (problem: AwsError | Error) => void): Router {
  const byTarget = new Map(backend.rpcServices.map((service) => [service.targetPrefix, service]));
  const bySigningName = new Map(backend.rpcServices.map((service) => [service.signingName, service]));

  return async (request, response, body, requestId) => {
    const url = parseUrl(request.url ?? '/');
    const scope = credentialScope(request.headers.authorization, url.searchParams.get('X-Amz-Credential'));
    const exchange: Exchange = { request, response, url, body, requestId, scope };
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return jsonCall(exchange, target);
    const form = queryForm(exchange);
    if (form !== undefined) return queryCall(exchange, form);
    if (serviceOfPath(url.pathname) !== undefined) return unknownQueryOperation(requestId);
    return restCall(exchange);
  };

  /** The service that the path is an address of: SQS for a queue's URL. */
  function serviceOfPath(path: string): RpcService | undefined {
    return backend.rpcServices.find((candidate) => candidate.inputFromPath?.(path) !== undefined);
  }

  function jsonCall(exchange: Exchange, target: string): Promise<HttpAnswer> {
    const dot = target.lastIndexOf('.');
    const prefix = target.slice(0, Math.max(dot, 0));
    const service = byTarget.get(prefix);
    const protocol = jsonProtocol(exchange.request.headers['content-type'], service);
    return answer(exchange, protocol, async () => {
      const operationName = target.slice(dot + 1);
      if (service === undefined) throw notImplemented(prefix, operationName);
      const forwarded = forwardedOperation(service, operationName);
      if (forwarded !== undefined) return forward(exchange, forwarded);
      const parse = () => jsonInput(exchange.body, operationOf(service, operationName, 'json').input);
      return protocol.success(await runRpc(exchange, service, operationName, 'json', parse), exchange.requestId);
    });
  }

  function queryCall(exchange: Exchange, form: URLSearchParams): Promise<HttpAnswer> {
    const action = form.get('Action') ?? '';
    const path = exchange.url.pathname;
    const ofPath = serviceOfPath(path);
    const service = bySigningName.get(exchange.scope?.service ?? '') ?? ofPath;
    const wantsJson = exchange.request.headers.accept?.includes('application/json') === true;
    const protocol = (wantsJson ? queryJsonProtocol : queryProtocol)(action, service);
    return answer(exchange, protocol, async () => {
      if (service === undefined) throw notImplemented(exchange.scope?.service ?? 'an unnamed service', action);
      if (service.onlyAtRoot?.includes(action) === true && (service === ofPath || !form.has('Version'))) {
        throw unknownOperation(action, 'query');
      }
      const parse = () => ({
        ...service.inputFromPath?.(path),
        ...queryInput(form, operationOf(service, action, 'query').input),
      });
      return protocol.success(await runRpc(exchange, service, action, 'query', parse), exchange.requestId);
    });
  }

  function forward(exchange: Exchange, operation: ForwardedOperation): Promise<HttpAnswer> {
    const context = contextOf(exchange);
    const input = jsonInput(exchange.body, undefined);
    for (const permission of operation.permissions(input)) backend.authorize(context.caller, permission);
    return operation.forward(exchange.body, input, context);
  }

  async function runRpc(
    exchange: Exchange,
    service: RpcService,
    name: string,
    style: 'json' | 'query',
    parse: () => JsonObject,
  ): Promise<JsonObject> {
    const operation = operationOf(service, name, style);
    const context = contextOf(exchange);
    const input = parse();
    for (const permission of operation.permissions?.(input) ?? []) backend.authorize(context.caller, permission);
    return operation.run(input, context);
  }

  async function restCall(exchange: Exchange): Promise<HttpAnswer> {
    const { request, url, body, requestId, scope } = exchange;
    let protocol: { failure: Protocol['failure'] } = restProtocol;
    try {
      const match: RestMatch | undefined = findRoute(
        backend.restServices,
        scope?.service,
        request.method ?? 'GET',
        url.pathname,
      );
      if (match === undefined) {
        contextOf(exchange);
        protocol = unservedProtocol(request.headers, scope?.service);
        throw notImplemented(scope?.service ?? 'an unnamed service', `${request.method} ${url.pathname}`);
      }
      const context = contextOf(exchange);
      const restRequest = {
        method: request.method ?? 'GET',
        parameters: match.parameters,
        query: url.searchParams,
        headers: request.headers as Record<string, string | undefined>,
        body,
      };
      for (const permission of match.route.permissions?.(restRequest) ?? []) {
        backend.authorize(context.caller, permission);
      }
      return restProtocol.success(await match.route.run(restRequest, context), requestId);
    } catch (error) {
      return protocol.failure(asAwsError(error), requestId);
    }
  }

  async function answer(exchange: Exchange, protocol: Protocol, run: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
    try {
      return await run();
    } catch (error) {
      return protocol.failure(asAwsError(error), exchange.requestId);
    }
  }

  function contextOf(exchange: Exchange): CallContext {
    if (exchange.scope === undefined) {
      throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token', {
        httpStatus: 403,
        queryCode: 'MissingAuthenticationToken',
      });
    }
    const caller = backend.resolveCaller(exchange.scope.accessKeyId);
    return new HttpCallContext(caller, exchange.requestId, exchange.response);
  }

  function asAwsError(error: unknown): AwsError {
    if (error instanceof AwsError) {
      if (error.httpStatus >= 500) report(error);
      return error;
    }
    report(error instanceof Error ? error : new Error(String(error)));
    return internalFailure();
  }
}

function operationOf(service: RpcService, name: string, style: 'json' | 'query') {
  const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  if (operation !== undefined) return operation;
  throw service.complete === true ? unknownOperation(name, style) : notImplemented(service.signingName, name);
}

function forwardedOperation(service: RpcService, name: string): ForwardedOperation | undefined {
  const { forwarded = {} } = service;
  return Object.hasOwn(forwarded, name) ? forwarded[name] : undefined;
}

/** The parameters of a Query request, of its URL and of its form together; undefined if neither names an Action. */
function queryForm({ url, request, body }: Exchange): URLSearchParams | undefined {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const form = new URLSearchParams(isForm ? body.toString('utf8') : '');
  const parameters = new URLSearchParams([...url.searchParams, ...form]);
  return parameters.has('Action') ? parameters : undefined;
}

function parseUrl(target: string): URL {
  try {
    return new URL(target, 'http://127.0.0.1');
  } catch {
    return new URL('http://127.0.0.1/');
  }
}
