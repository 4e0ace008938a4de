import {
  AwsError,
  type CallContext,
  type JsonObject,
  type Permission,
  type RestService,
  type RpcService,
} from '../../src/endpoint/api.ts';
import type { Backend } from '../../src/endpoint/router.ts';
import { type EndpointLimits, type EndpointOptions, startEndpoint } from '../../src/endpoint/server.ts';
import { EventStream, type RuntimeEvent } from '../../src/events.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

/** An `Authorization` header as every client sends one. */
export const signed = 'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-central-1/logs/aws4_request';

/** Starts an endpoint that has no services yet. */
export async function startBareEndpoint(
  options: { port?: number; nextFreePort?: boolean; limits?: Partial<EndpointLimits> } = {},
) {
  const stream = new EventStream();
  const events: RuntimeEvent[] = [];
  stream.subscribe((event) => events.push(event));
  const settings = { port: 0, nextFreePort: false, events: stream, clock: new ManualClock(), ...options };
  const endpoint = await startEndpoint(settings);
  return Object.assign(endpoint, {
    events,
    clientOptions: {
      endpoint: endpoint.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'any' },
      maxAttempts: 1,
    },
    post: (target: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(endpoint.url, {
        method: 'POST',
        headers: {
          'x-amz-target': target,
          'content-type': 'application/x-amz-json-1.1',
          authorization: signed,
          ...headers,
        },
        body,
      }),
  });
}

/** Starts an endpoint with the services of `testBackend` behind it. */
export async function startTestEndpoint(options: Parameters<typeof startBareEndpoint>[0] = {}) {
  const endpoint = await startBareEndpoint(options);
  const { backend, seen } = testBackend();
  endpoint.serve(backend);
  return Object.assign(endpoint, { seen });
}

/** Starts an endpoint with real services, behind which everybody may do everything; `asked` tells what for. */
export async function startServices(options: Pick<EndpointOptions, 'events' | 'clock'> & Partial<Backend>) {
  const asked: Permission[] = [];
  const endpoint = await startEndpoint({
    port: 0,
    nextFreePort: false,
    rpcServices: [],
    restServices: [],
    resolveCaller: (accessKeyId = 'nobody') => ({ accessKeyId }),
    authorize: (_caller, permission) => void asked.push(permission),
    ...options,
  });
  const clientOptions = {
    region: 'eu-west-1',
    endpoint: endpoint.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  return { endpoint, asked, clientOptions };
}

/** Three services small enough to see through, one for each protocol, and what is asked of them. */
export function testBackend() {
  const seen = {
    calls: [] as { input: JsonObject; context: CallContext }[],
    /** The action that is denied, if any. */
    denied: undefined as string | undefined,
    onHang: (_context: CallContext): void => undefined,
  };
  const logs: RpcService = {
    signingName: 'logs',
    targetPrefix: 'Logs_20140328',
    operations: {
      DescribeLogGroups: {
        input: { members: { logGroupNamePrefix: 'string', limit: 'integer' } },
        permissions: () => [{ action: 'logs:DescribeLogGroups', resource: '*' }],
        run: (input, context) => {
          seen.calls.push({ input, context });
          return { logGroups: [{ logGroupName: 'one' }] };
        },
      },
      Hang: {
        run: (_input, context) =>
          new Promise((resolve) => {
            context.signal.addEventListener('abort', () => resolve({}));
            seen.onHang(context);
          }),
      },
      Break: {
        run: () => {
          throw new TypeError('a bug');
        },
      },
    },
  };

  const sts: RpcService = {
    signingName: 'sts',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    operations: {
      GetCallerIdentity: { run: (_input, { caller }) => ({ Arn: `arn:aws:iam::0:user/${caller.accessKeyId}` }) },
    },
  };

  const lambda: RestService = {
    signingName: 'lambda',
    routes: [
      {
        operation: 'ListFunctions',
        method: 'GET',
        path: '/2015-03-31/functions',
        run: ({ query }) => ({ status: 200, body: { Functions: [], NextMarker: query.get('Marker') ?? 'none' } }),
      },
      {
        operation: 'GetFunction',
        method: 'GET',
        path: '/2015-03-31/functions/{FunctionName}',
        run: ({ parameters }) => {
          throw new AwsError('ResourceNotFoundException', `Function not found: ${parameters['FunctionName']}`, {
            httpStatus: 404,
            members: { Type: 'User' },
          });
        },
      },
    ],
  };

  const backend: Backend = {
    rpcServices: [logs, sts],
    restServices: [lambda],
    resolveCaller: (accessKeyId) => ({ accessKeyId: accessKeyId ?? '' }),
    authorize: (_caller, { action }) => {
      if (action === seen.denied) throw new AwsError('AccessDeniedException', `may not ${action}`, { httpStatus: 400 });
    },
  };

  return { backend, seen };
}
