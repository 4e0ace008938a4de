import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { AwsError } from './api.ts';

/**
 * Why a request must not be served; undefined for a request that may be. A loopback address keeps other machines out,
 * but not the browser on this machine. Every web page can post to 127.0.0.1. A page whose DNS name is rebound to
 * 127.0.0.1 can even read the answers. So the Host must be a loopback name, and so must the Origin, if there is one. A
 * target in absolute form (RFC 9112, 3.2.2: `GET http://name/path`) overrides the Host header and is checked as well.
 */
export function refusal(headers: IncomingHttpHeaders, target = '/'): string | undefined {
  const host = target.startsWith('/') ? headers.host : (/^https?:\/\/([^/?#]*)/i.exec(target)?.[1] ?? headers.host);
  if (!isLoopbackHost(host ?? '') || !isLoopbackHost(headers.host ?? '')) {
    return `The Host header must name this machine (127.0.0.1, localhost or [::1]), not "${host ?? ''}".`;
  }
  if (headers.origin !== undefined && !isLoopbackOrigin(headers.origin)) {
    return `Requests from the web page ${headers.origin} are refused.`;
  }
  if (headers['sec-fetch-site'] === 'cross-site') return 'Cross-site requests from a browser are refused.';
  return undefined;
}

/** `127.0.0.1`, `localhost`, `[::1]` and names below `.localhost`, which RFC 6761 keeps on this machine; any port. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '');
  return name === '127.0.0.1' || name === 'localhost' || name === '[::1]' || /^[a-z0-9.-]+\.localhost$/.test(name);
}

/** `http://localhost:3000`: a page that this machine serves. */
export function isLoopbackOrigin(origin: string): boolean {
  const host = /^https?:\/\/([^/]+)$/.exec(origin)?.[1];
  return host !== undefined && isLoopbackHost(host);
}

/** Above every limit of the services behind (Lambda 6 MB, SQS 1 MiB, six times that when fully escaped as JSON). */
export const bodyLimitBytes = 16 * 1024 * 1024;

/** Collects a request's body. Rejects with an `AwsError`: 413 above `bodyLimitBytes`, 408 when it ends early. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bodyLimitBytes) {
        request.pause();
        reject(
          new AwsError('RequestEntityTooLarge', `The request body is larger than ${bodyLimitBytes} bytes.`, {
            httpStatus: 413,
          }),
        );
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)));
    // What follows an error is `close`, which says all there is to say.
    request.on('error', () => undefined);
    request.on('close', () => {
      if (!request.complete) reject(new AwsError('RequestTimeout', 'The request ended early.', { httpStatus: 408 }));
    });
  });
}
