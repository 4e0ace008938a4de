import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { text } from 'node:stream/consumers';
import { SignatureV4 } from '@smithy/signature-v4';

/** Whoever signs: as the SDK's clients know it. */
export interface Signer {
  readonly region: () => Promise<string>;
  readonly credentials: () => Promise<{
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }>;
}

export interface WebRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** In small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WebAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Signs a request for `execute-api`, as a route with IAM authorization asks for (API Gateway Developer Guide, "Control
 * access to HTTP APIs with IAM authorization").
 */
export async function signed(request: WebRequest, { region, credentials }: Signer): Promise<WebRequest> {
  const { protocol, hostname, port, pathname, host, searchParams } = new URL(request.url);
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method: request.method,
    protocol,
    hostname,
    ...(port !== '' && { port: Number(port) }),
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: { ...request.headers, host },
    body: request.body,
  });
  return { ...request, headers };
}

/** SHA-256 by Node, as the signer asks for it; with a secret, the HMAC. */
class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = typeof secret === 'string' || secret === undefined ? secret : bytesOf(secret);
    this.#hash = this.#begin();
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset(): void {
    this.#hash = this.#begin();
  }

  #begin(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** How long an answer is waited for: API Gateway answers after 30 s at the latest. */
const answerMs = 35_000;

/** Sends a request and reads its answer. @throws {Error} of the network */
export async function webAnswer(
  { url, method, headers, body }: WebRequest,
  options: { readonly agent?: https.Agent | undefined; readonly signal: AbortSignal },
): Promise<WebAnswer> {
  const isSecure = url.startsWith('https:');
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(answerMs)]);
  const request = (isSecure ? https : http)
    .request(url, { method, headers: { ...headers }, signal, ...(isSecure && { agent: options.agent }) })
    .once('response', resolve)
    .once('error', reject);
  request.end(body);
  const response = await promise;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
