import type { IncomingMessage } from 'node:http';

/** A request of an HTTP client, for an API or a function URL. */
export interface GatewayRequest {
  readonly method: string;
  /** As the client sent it, percent-encoded, without query and without the prefix that names the API. Begins with `/`. */
  readonly path: string;
  /** As the client sent it, without `?`. */
  readonly rawQuery: string;
  /** Names as the client sent them; a name can be there several times. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** `<id>.execute-api.us-east-1.localhost:4567`: the name that the API has here. */
  readonly domainName: string;
  readonly domainPrefix: string;
  readonly sourceIp: string;
  /** `HTTP/1.1`. */
  readonly protocol: string;
  /** The port that the client connected to. */
  readonly port: number;
  readonly receivedAtMs: number;
  /** An `X-Amzn-Trace-Id`, which goes on to the function. */
  readonly traceHeader: string;
}

/** The value of a header, several values joined by commas; undefined when there is none. Any case of the name fits. */
export function headerValue({ headers }: Pick<GatewayRequest, 'headers'>, name: string): string | undefined {
  const values = headers.filter(([given]) => given.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(',');
}

/** Name and value of each parameter of the query, percent-decoded, in their order. A plus is a space. */
export function queryParameters({ rawQuery }: Pick<GatewayRequest, 'rawQuery'>): readonly [string, string][] {
  return [...new URLSearchParams(rawQuery)];
}

/** Values of one name together. The order is that of the first values. */
export function byName(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

/** Header names and values as they came over the wire. */
export function headerPairs({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return pairs;
}

/** Headers that are about one connection, not about the request (RFC 9110, 7.6.1), and end at API Gateway. */
const connectionHeaders = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * The headers that an integration gets: those of the client, and those that API Gateway adds. On AWS
 * `x-forwarded-proto` is always https, and the port 443.
 */
export function forwardedHeaders(request: GatewayRequest): (readonly [string, string])[] {
  const own = request.headers.filter(([name]) => !connectionHeaders.has(name.toLowerCase()));
  const hasLength = own.some(([name]) => name.toLowerCase() === 'content-length');
  const others = own.filter(([name]) => !addedHeaders.has(name.toLowerCase()));
  const forwardedFor = headerValue(request, 'x-forwarded-for');
  return [
    ...others,
    ...(hasLength ? [] : [['Content-Length', String(request.body.length)] as const]),
    ['X-Amzn-Trace-Id', request.traceHeader],
    ['X-Forwarded-For', [...(forwardedFor === undefined ? [] : [forwardedFor]), request.sourceIp].join(', ')],
    ['X-Forwarded-Port', String(request.port)],
    ['X-Forwarded-Proto', 'http'],
  ];
}

const addedHeaders = new Set(['x-amzn-trace-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto']);

/** `12/Mar/2020:19:03:58 +0000`: the time of day as in access logs (Common Log Format), in UTC. */
export function clfTime(atMs: number): string {
  const [, weekDayless = ''] = new Date(atMs).toUTCString().split(', ');
  const [day = '', month = '', year = '', time = ''] = weekDayless.split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
