import { Agent } from 'node:https';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CommandFailed, UsageError } from '../errors.ts';
import { shellWord } from '../terminal/shell.ts';

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Where an endpoint that is not AWS's own can come from, in words. */
export const endpointSources = 'AWS_ENDPOINT_URL, or endpoint_url in ~/.aws/config';

/**
 * Settings of every client of a pipeline on this machine. A shell's global settings for AWS must not reach it: the SDK
 * refuses an endpoint of its own beside FIPS or dual-stack endpoints, and stops at a value that it does not know.
 */
export const localClientSettings = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  retryMode: 'standard',
  defaultsMode: 'standard',
} as const;

/**
 * Connections to AWS go through the proxy that HTTPS_PROXY names, except to the hosts in NO_PROXY. Node's agents know
 * these variables from Node 24.5 on. Connections to this machine have no such agent, so they never meet a proxy.
 * @throws {UsageError} for a proxy of another protocol, which Node's agents would pass by without a word
 */
export function proxiedAgent(environment: EnvironmentVariables): Agent {
  const proxy = proxyOf(environment);
  return new Agent({
    keepAlive: true,
    proxyEnv: { ...environment, ...(proxy !== undefined && { https_proxy: proxy.href }) },
  });
}

/**
 * The proxy for connections to AWS. As for curl, the small letters count first, and an address without a protocol is
 * one of HTTP.
 * @throws {UsageError} when the variable holds no address of a proxy that this command can use
 */
export function proxyOf(environment: EnvironmentVariables): URL | undefined {
  const name = ['https_proxy', 'HTTPS_PROXY'].find((each) => (environment[each] ?? '') !== '');
  if (name === undefined) return undefined;
  const value = environment[name]!;
  const address = URL.parse(value.includes('://') ? value : `http://${value}`);
  if (address !== null && /^https?:$/.test(address.protocol)) return address;
  throw new UsageError(
    `${name} is "${value}", which is no proxy that this command can use: its address begins with http:// or https://.`,
  );
}

/**
 * Looks at each variable that names an endpoint, before the SDK does: the SDK takes `localhost:4566` for an address
 * without a host.
 * @throws {UsageError} when one is no address, with the address that was probably meant
 */
export function checkEndpointVariables(environment: EnvironmentVariables): void {
  for (const [name, value = ''] of Object.entries(environment)) {
    if (/^AWS_ENDPOINT_URL(_|$)/.test(name) && value !== '' && !isWebAddress(value)) {
      throw new UsageError(`${name} is "${value}", which is no address: ${remedy(value)}.`);
    }
  }
}

/** What to tell of an endpoint that the SDK found in a profile, and that is no address. */
export function badEndpointText(value: string): string {
  return `The endpoint "${value}" is no address: ${remedy(value)}. It comes from ${endpointSources}.`;
}

function isWebAddress(text: string): boolean {
  const address = URL.parse(text);
  return address !== null && /^https?:$/.test(address.protocol) && address.hostname !== '';
}

function remedy(value: string): string {
  const bare = value.replace(/^[^:/]*:?\/\//, '');
  const address = URL.parse(`http://${bare}`);
  const isPort = /^\d+$/.test(bare);
  const meant = address === null || isPort ? `http://127.0.0.1:${isPort ? bare : 4566}` : withPort(address, bare);
  return `an address begins with http:// or https://, such as ${meant}`;
}

/** An address of this machine without a port is rarely meant: a web server has that one. */
function withPort({ hostname, port }: URL, bare: string): string {
  return isLoopback(hostname) && port === '' ? `http://${hostname}:4566` : `http://${bare}`;
}

/** Names and addresses of this machine alone (RFC 1122, 3.2.1.3: all that begin with 127; RFC 4291, 2.5.3). */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** What stands behind `--local` as if it was an address: `http://0.0.0.0:4566`, `localhost:4566`, `127.0.0.1`. */
const addressLike = /^(https?:\/\/.*|(localhost|\d+\.\d+\.\d+\.\d+|\[[\da-f:]+\])(:\d+)?(\/.*)?)$/i;

/**
 * `--local` takes no value. Without this, an address behind it would be taken for a file or an unknown command.
 * @throws {UsageError} with the command line that was meant
 */
export function refuseLocalAddress(args: readonly string[]): void {
  const own = args.slice(0, args.includes('--') ? args.indexOf('--') : args.length);
  const position = own.findIndex((word) => word === '--local' || word.startsWith('--local='));
  const isJoined = own[position]?.startsWith('--local=') === true;
  const value = isJoined ? own[position]!.slice('--local='.length) : own[position + 1];
  if (position < 0 || value === undefined || !(isJoined || addressLike.test(value))) return;
  // Files of orders may be named by an address, too, which `send` refuses in its own words.
  if (!isJoined && own.includes('send') && /\.\w+$/.test(new URL(withProtocol(value), 'http://x').pathname)) return;
  const rest = args.filter((_word, index) => index < position || index > position + (isJoined ? 0 : 1));
  const words = [...rest, '--local'].map(shellWord).join(' ');
  throw new UsageError(
    `--local takes no address: it finds the "npm run local" of this project. For another address, type: ` +
      `AWS_ENDPOINT_URL=${localAddress(value)} npx orders ${words}`,
  );
}

const withProtocol = (text: string) => (text.includes('://') ? text : `http://${text}`);

/** The address that was probably meant: with a port, without a path, and one that can be asked. */
export function localAddress(text: string): string {
  const bare = /^\d+$/.test(text) ? `127.0.0.1:${text}` : text;
  const address = URL.parse(withProtocol(bare));
  if (address === null) return 'http://127.0.0.1:4566';
  // Servers listen at 0.0.0.0 and [::] for all addresses of their machine.
  const hostname = /^(0\.0\.0\.0|\[::\])$/.test(address.hostname) ? '127.0.0.1' : address.hostname;
  return `${address.protocol}//${hostname}:${address.port === '' ? 4566 : address.port}`;
}

/** What a middleware sees of a request and of its answer. */
interface WireRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}
interface WireAnswer {
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** Hosts of AWS in its public partitions (AWS General Reference, "AWS service endpoints"). */
const awsHost = /\.(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.com\.cn)$/;

/**
 * Notes the endpoint that a client asks, wherever the SDK found it: in a variable, in a profile, or by AWS's own rules.
 *
 * @returns tells the endpoint, such as `http://localhost:4566`; undefined before the first request, and for AWS's own
 */
export function watchEndpoint({ middlewareStack }: CloudFormationClient): () => string | undefined {
  let asked: string | undefined;
  middlewareStack.add(
    (next) => async (args) => {
      const { protocol, hostname, port } = args.request as WireRequest;
      const address = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
      if (!awsHost.test(hostname)) asked = address;
      if (!isWebAddress(address)) throw new UsageError(badEndpointText(address.replace('//', '')));
      const result = await next(args);
      const { headers = {} } = (result.response ?? {}) as WireAnswer;
      if (/^text\/html\b/i.test(headers['content-type'] ?? '')) {
        throw new CommandFailed(
          `${address} answered with a web page, not as AWS does. Perhaps a proxy or a login page stands in between: ` +
            `check HTTPS_PROXY, and ${endpointSources}.`,
        );
      }
      return result;
    },
    { step: 'deserialize', name: 'watchEndpoint', priority: 'low' },
  );
  return () => asked;
}
