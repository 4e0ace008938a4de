import type { IncomingHttpHeaders } from 'node:http';

/**
 * Why a request must not be served, or undefined when it may. A loopback address keeps other machines out but not the
 * browser on this one: any page can post to 127.0.0.1, and a DNS name rebound to 127.0.0.1 even reads the answers.
 * So the Host must be a loopback name and the Origin, if any, one too. A target in absolute form (RFC 9112, 3.2.2:
 * `GET http://name/path`) goes before the Host header, so it is held to the same.
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
function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d{1,5}$/, '');
  return name === '127.0.0.1' || name === 'localhost' || name === '[::1]' || /^[a-z0-9.-]+\.localhost$/.test(name);
}

function isLoopbackOrigin(origin: string): boolean {
  const host = /^https?:\/\/([^/]+)$/.exec(origin)?.[1];
  return host !== undefined && isLoopbackHost(host);
}
