import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EndpointLimits } from '../../src/endpoint/server.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { signed, startTestEndpoint } from './endpoint-harness.ts';

const limits = { connections: 300 };
/** A second where a client really has ten: still so long that a client who hurries on a busy machine is in time. */
const impatient = { headersMs: 1_000, requestMs: 2_000, checkMs: 20 };

let endpoint: Awaited<ReturnType<typeof startTestEndpoint>>;
const sockets: Socket[] = [];

async function serveWith(given: Partial<EndpointLimits>): Promise<void> {
  endpoint = await startTestEndpoint({ limits: given });
}

beforeEach(() => serveWith(limits));

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await endpoint.close();
});

interface Conversation {
  readonly socket: Socket;
  /** All that came, once the connection has ended. */
  readonly ended: Promise<string>;
}

async function converse(...texts: readonly string[]): Promise<Conversation> {
  const socket = connect({ port: endpoint.port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => (said += text));
  socket.on('error', () => {});
  const ended = new Promise<string>((resolve) => {
    for (const event of ['end', 'close']) socket.once(event, () => resolve(said));
  });
  // Neither may come of a connection that is turned away.
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  for (const text of texts) socket.write(text);
  return { socket, ended };
}

const saying = async (...texts: readonly string[]) => (await converse(...texts)).ended;

const target = 'X-Amz-Target: Logs_20140328.DescribeLogGroups\r\n';
const head = (lines: string, request = 'POST / HTTP/1.1') =>
  `${request}\r\nHost: localhost\r\nAuthorization: ${signed}\r\n${target}${lines}\r\n`;
const whole = head('Content-Length: 2\r\nConnection: close\r\n') + '{}';

const asking = (limit: string) => `${head(`Content-Length: ${limit.length + 10}\r\n`)}{"limit":${limit}}`;
const expecting = (host: string) =>
  whole.replace('Host: localhost', `Host: ${host}`).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n');

/** Says something and drops the connection. */
async function breakOff(text: string): Promise<void> {
  const { socket } = await converse(text);
  socket.resetAndDestroy();
  if (!socket.closed) await once(socket, 'close');
}

async function expectServing(): Promise<void> {
  expect((await endpoint.post('Logs_20140328.DescribeLogGroups', '{}')).status).toBe(200);
  expect(endpoint.events).toEqual([]);
}

describe('a client that is slow', () => {
  beforeEach(async () => {
    await endpoint.close();
    await serveWith(impatient);
  });

  test('is let go with a 408, whatever the client does not say, and others are served', async () => {
    const texts = {
      nothing: '',
      'no end of its headers': 'POST / HTTP/1.1\r\nHost: localhost\r\nX-A: ',
      'no end of its body': head('Content-Length: 100\r\n') + '{"a"',
      'no end of its chunks': head('Transfer-Encoding: chunked\r\n') + '1\r\n{\r\n',
    };
    // At once: each waits until the patience of the endpoint ends.
    const answers = Object.entries(texts).map(async ([what, text]) => [what, (await saying(text)).slice(0, 13)]);
    const letGo = Object.keys(texts).map((what) => [what, 'HTTP/1.1 408 ']);
    expect(await Promise.all(answers)).toEqual(letGo);
    await expectServing();
  });

  test('and sends a header now and then does not hold its connection', async () => {
    const { socket, ended } = await converse('POST / HTTP/1.1\r\nHost: localhost\r\n');
    const drip = setInterval(() => socket.write('X-A: b\r\n'), 10);
    expect(await ended).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(drip);
  });
});

describe('a connection', () => {
  test('of which one half is closed gets its answer', async () => {
    const { socket, ended } = await converse();
    socket.end(whole);
    expect(await ended).toMatch(/^HTTP\/1\.1 200 .*\{"logGroups"/s);
  });

  test('that carries many requests at once gets the answers in their order', async () => {
    const said = await saying(['1', '2', 'x', '4', '5'].map(asking).join('') + whole);
    expect([...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '200',
      '200',
      '400',
      '200',
      '200',
      '200',
    ]);
  });

  test('that waits for 100 Continue is told to go on, and a refused one is not', async () => {
    expect(await saying(expecting('localhost'))).toMatch(/^HTTP\/1\.1 100 Continue.*HTTP\/1\.1 200 /s);
    expect(await saying(expecting('evil.example'))).toMatch(/HTTP\/1\.1 403 /);
  });

  test.each([
    ['a chunk that is longer than it says', head('Transfer-Encoding: chunked\r\n') + '1\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size that is none', head('Transfer-Encoding: chunked\r\n') + 'FFFFFFFFFFFFFFFFF\r\n'],
    ['both lengths', head('Transfer-Encoding: chunked\r\nContent-Length: 2\r\n') + '0\r\n\r\n'],
    ['two lengths', head('Content-Length: 2\r\nContent-Length: 3\r\n') + '{}'],
    ['a negative length', head('Content-Length: -1\r\n') + '{}'],
    ['headers of 20 KB', head(`X-A: ${'a'.repeat(20_000)}\r\nContent-Length: 2\r\n`) + '{}'],
    ['no Host', whole.replace('Host: localhost\r\n', '')],
    ['a line feed in a header', whole.replace('localhost', 'local\nhost')],
    ['another protocol', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
    ['a tunnel', head('', 'CONNECT 127.0.0.1:22 HTTP/1.1')],
  ])('with %s is refused and closed', async (_what, text) => {
    expect(await saying(text)).toMatch(/^(HTTP\/1\.1 4\d\d .*)?$/s);
    expect(endpoint.seen.calls).toEqual([]);
    await expectServing();
  });

  test.each(['http://evil.example/', 'HTTP://evil.example:80', 'http://localhost@evil.example/', '//evil.example/'])(
    'that asks for %j runs nothing that a web page could mean',
    async (uri) => {
      const said = await saying(whole.replace('POST /', `POST ${uri}`).replace(target, ''));
      expect(said).toMatch(/^HTTP\/1\.1 (403|501) /);
    },
  );

  test('that asks in absolute form for this machine is served', async () => {
    expect(await saying(whole.replace('POST /', `POST ${endpoint.url}/`))).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('that would become a web socket does not', async () => {
    const upgrade = whole.replace('Connection: close', 'Connection: Upgrade, close\r\nUpgrade: websocket');
    expect(await saying(upgrade)).not.toMatch(/101/);
  });
});

describe('many clients', () => {
  test('beyond the limit are turned away, and those that are there are served', async () => {
    const clients = Array.from({ length: limits.connections + 50 }, async () => {
      const { socket, ended } = await converse(whole.replace('Connection: close\r\n', ''));
      const first = new Promise<string>((resolve) => socket.once('data', (text) => resolve(String(text))));
      return Promise.race([first, ended]);
    });
    const answers = await Promise.all(clients);
    const served = answers.filter((said) => said.startsWith('HTTP/1.1 200'));
    expect(served).toHaveLength(limits.connections);
    expect(answers.filter((said) => said === '')).toHaveLength(50);
    for (const socket of sockets.splice(0)) socket.destroy();
    expect(await settledSockets(0)).toBe(0);
    await expectServing();
  });

  test('that break off in the middle leave nothing behind', async () => {
    const hanging = head('Content-Length: 2\r\n').replace('DescribeLogGroups', 'Hang') + '{}';
    const texts = ['POST / HT', head('Content-Length: 9\r\n') + '{', hanging, hanging + whole];
    for (let round = 0; round < 50; round += 1) await Promise.all(texts.map(breakOff));
    await expectServing();
    // The client of that request keeps its connection, of which both ends are here.
    expect(await settledSockets(2)).toBeLessThanOrEqual(2);
  });
});

const openSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

/** How many sockets are open once they are at most `wanted`. */
const settledSockets = (wanted: number) => eventually(openSockets, (open) => open <= wanted);
