import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TemporaryFolder } from '../../../../tools/run/synthesize.ts';
import { child } from '../child-orders.ts';

/** Answers as CloudFormation does about a stack that does not exist; notes what came. */
const noSuchStack: RequestListener = (_request, response) => {
  response.writeHead(400, { 'content-type': 'text/xml' });
  response.end(
    '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>' +
      '<Message>Stack with id OrderPipeline does not exist</Message></Error></ErrorResponse>',
  );
};

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const aws = createServer(noSuchStack);
const loginPage = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end('<html><body>Sign in</body></html>');
});
const tunnels: string[] = [];
const proxy = createServer((_request, response) => response.writeHead(500).end()).on('connect', ({ url }, socket) => {
  tunnels.push(String(url));
  socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
});
const home = new TemporaryFolder();
let awsUrl: string;
let pageUrl: string;
let proxyUrl: string;

beforeAll(async () => {
  [awsUrl, pageUrl, proxyUrl] = [await listening(aws), await listening(loginPage), await listening(proxy)];
});
afterAll(() => {
  for (const server of [aws, loginPage, proxy]) server.close();
  home[Symbol.dispose]();
});

const keys = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any', AWS_REGION: 'eu-west-1' };

/** Runs with a profile that holds these lines. */
function withProfile(lines: string, env: Readonly<Record<string, string>> = keys) {
  const file = join(home.path, 'config');
  writeFileSync(file, `[default]\n${lines}\n`);
  return { env: { ...env, AWS_CONFIG_FILE: file, HOME: home.path } };
}

describe('an endpoint that is no address is told in words, with the address that was meant', () => {
  test.each([
    ['AWS_ENDPOINT_URL', 'localhost:4566', ['--local'], 'http://localhost:4566'],
    ['AWS_ENDPOINT_URL', '127.0.0.1:4566', [], 'http://127.0.0.1:4566'],
    ['AWS_ENDPOINT_URL', '//localhost:4566', ['--local'], 'http://localhost:4566'],
    ['AWS_ENDPOINT_URL', 'ftp://localhost:4566', ['--local'], 'http://localhost:4566'],
    ['AWS_ENDPOINT_URL', 'a b', ['--local'], 'http://127.0.0.1:4566'],
    ['AWS_ENDPOINT_URL_SQS', 'localhost:4566', [], 'http://localhost:4566'],
  ])('%s=%s', async (name, value, options, meant) => {
    const { exitCode, stderr } = await child(['status', ...options], { env: { ...keys, [name]: value } });
    expect(stderr).toBe(
      `${name} is "${value}", which is no address: an address begins with http:// or https://, such as ${meant}.\n`,
    );
    expect(exitCode).toBe(2);
  });

  test.each(['localhost:4566', '127.0.0.1:4566'])('endpoint_url = %s of a profile', async (value) => {
    const { exitCode, stderr } = await child(['status'], withProfile(`endpoint_url = ${value}`));
    expect(stderr).toBe(
      `The endpoint "${value}" is no address: an address begins with http:// or https://, such as http://${value}. ` +
        'It comes from AWS_ENDPOINT_URL, or endpoint_url in ~/.aws/config.\n',
    );
    expect(exitCode).toBe(2);
  });
});

test('an error names the endpoint of a profile, because that was asked, and not AWS', async () => {
  const { stderr } = await child(['status'], withProfile(`endpoint_url = ${awsUrl}`));
  expect(stderr).toMatch(`There is no stack OrderPipeline at ${awsUrl}.`);
});

test('a web page as an answer is told as such', async () => {
  const { exitCode, stderr } = await child(['status'], { env: { ...keys, AWS_ENDPOINT_URL: pageUrl } });
  expect(stderr).toMatch(`${pageUrl} answered with a web page, not as AWS does.`);
  expect(exitCode).toBe(1);
});

describe("a shell's settings for AWS do not reach a pipeline on this machine", () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['FIPS endpoints', { AWS_USE_FIPS_ENDPOINT: 'true' }],
    ['dual-stack endpoints', { AWS_USE_DUALSTACK_ENDPOINT: 'true' }],
    [
      'values that the SDK does not know',
      { AWS_USE_FIPS_ENDPOINT: 'yes', AWS_DEFAULTS_MODE: 'my', AWS_RETRY_MODE: 'my' },
    ],
    ['a number of attempts that is none', { AWS_MAX_ATTEMPTS: 'many' }],
    ['a profile that does not exist', { AWS_PROFILE: 'nobody' }],
    ['endpoints switched off', { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }],
  ])('%s', async (_what, env) => {
    const { stderr } = await child(['status', '--local'], { env: { AWS_ENDPOINT_URL: awsUrl, ...env } });
    expect(stderr).toMatch(`There is no stack OrderPipeline at ${awsUrl}.`);
  });

  test('a profile with FIPS and dual-stack endpoints', async () => {
    const lines = 'use_fips_endpoint = true\nuse_dualstack_endpoint = true\nretry_mode = my';
    const { stderr } = await child(['status', '--local'], withProfile(lines, { AWS_ENDPOINT_URL: awsUrl }));
    expect(stderr).toMatch(`There is no stack OrderPipeline at ${awsUrl}.`);
  });
});

const throughProxy = () => ({ HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl, NODE_USE_ENV_PROXY: '1' });

describe('a proxy', () => {
  test('is not asked for a pipeline on this machine', async () => {
    const { stderr } = await child(['status', '--local'], { env: { ...throughProxy(), AWS_ENDPOINT_URL: awsUrl } });
    expect(stderr).toMatch(`There is no stack OrderPipeline at ${awsUrl}.`);
    expect(tunnels).toEqual([]);
  });

  test('is asked for AWS', async () => {
    const { exitCode } = await child(['status'], { env: { ...throughProxy(), ...keys } });
    expect(tunnels).toContain('cloudformation.eu-west-1.amazonaws.com:443');
    expect(exitCode).toBe(1);
  });

  test('whose address has no protocol is one of HTTP', async () => {
    tunnels.length = 0;
    await child(['status'], { env: { HTTPS_PROXY: proxyUrl.replace('http://', ''), ...keys } });
    expect(tunnels).toContain('cloudformation.eu-west-1.amazonaws.com:443');
  });

  test('of another protocol is refused, and not passed by', async () => {
    const { exitCode, stderr } = await child(['status'], { env: { HTTPS_PROXY: 'socks5://127.0.0.1:9', ...keys } });
    expect(stderr).toMatch(/^HTTPS_PROXY is "socks5:\/\/127\.0\.0\.1:9", which is no proxy that this command can use/);
    expect(exitCode).toBe(2);
  });

  test('that does not answer is told as such', async () => {
    const { stderr } = await child(['status'], { env: { HTTPS_PROXY: 'http://127.0.0.1:9', ...keys } });
    expect(stderr).toBe(
      'AWS cannot be reached through the proxy 127.0.0.1:9 of HTTPS_PROXY: connect ECONNREFUSED 127.0.0.1:9.\n',
    );
  });
});

test('an endpoint that does not speak TLS is told by its address', async () => {
  const address = awsUrl.replace('http:', 'https:');
  const { exitCode, stderr } = await child(['status', '--local'], { env: { AWS_ENDPOINT_URL: address } });
  expect(stderr).toMatch(`${address} does not speak TLS: its address begins with http://, not https://.`);
  expect(exitCode).toBe(1);
});
