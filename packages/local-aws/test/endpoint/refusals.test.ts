import { connect } from 'node:net';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RpcService } from '../../src/endpoint/api.ts';
import { bodyLimitBytes } from '../../src/endpoint/request-guard.ts';
import { signed, startTestEndpoint, testBackend } from './endpoint-harness.ts';

let endpoint: Awaited<ReturnType<typeof startTestEndpoint>>;

beforeEach(async () => {
  endpoint = await startTestEndpoint();
});

afterEach(() => endpoint.close());

describe('what cannot be served', () => {
  test.each([
    ['{"limit":', 'SerializationException'],
    ['[]', 'SerializationException'],
    ['"text"', 'SerializationException'],
    ['{"limit":"five"}', 'SerializationException'],
    ['{"logGroupNamePrefix":{}}', 'SerializationException'],
    ['\uFFFD\u0000', 'SerializationException'],
  ])('the body %j is a 400 %s', async (body, code) => {
    const response = await endpoint.post('Logs_20140328.DescribeLogGroups', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: code });
  });

  test('nulls count as absent', async () => {
    expect((await endpoint.post('Logs_20140328.DescribeLogGroups', '{"limit":null}')).status).toBe(200);
    expect(endpoint.seen.calls[0]?.input).toEqual({});
  });

  test('an operation or service that is not here is NotImplemented by name, and told once', async () => {
    for (let round = 0; round < 2; round += 1) {
      const response = await endpoint.post('DynamoDB_20120810.ListTables', '{}');
      expect(response.status).toBe(501);
      expect(await response.json()).toMatchObject({
        message: expect.stringContaining('DynamoDB_20120810: ListTables'),
      });
    }
    await expect(
      new STSClient(endpoint.clientOptions).send(
        new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::0:role/longenough', RoleSessionName: 'ses' }),
      ),
    ).rejects.toMatchObject({ name: 'NotImplemented', message: expect.stringContaining('sts: AssumeRole') });
    expect(endpoint.events.map((event) => event.type === 'notice' && event.message)).toEqual([
      expect.stringContaining('ListTables'),
      expect.stringContaining('AssumeRole'),
    ]);
  });

  test('a client that speaks Smithy RPC v2 CBOR is told in CBOR', async () => {
    const response = await fetch(`${endpoint.url}/service/GraniteServiceVersion20100801/operation/ListMetrics`, {
      method: 'POST',
      headers: { 'smithy-protocol': 'rpc-v2-cbor', authorization: signed },
    });
    expect(response.status).toBe(501);
    expect(response.headers.get('content-type')).toBe('application/cbor');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 10)).toEqual(Buffer.concat([Buffer.of(0xa2, 0x79, 0, 6), Buffer.from('__type')]));
    expect(bytes.toString('latin1')).toContain('ListMetrics');
  });

  test('a request that breaks off harms nobody', async () => {
    const head = `POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${signed}\r\nContent-Length: 50\r\n\r\n{"half`;
    await new Promise<void>((resolve) => {
      const socket = connect(endpoint.port, '127.0.0.1', () => socket.write(head, () => socket.destroy()));
      socket.on('close', () => resolve());
    });
    expect((await endpoint.post('Logs_20140328.DescribeLogGroups', '{}')).status).toBe(200);
    expect(endpoint.events).toEqual([]);
  });

  test('names that every object has are no operations', async () => {
    for (const name of ['constructor', '__proto__', 'toString', '']) {
      expect((await endpoint.post(`Logs_20140328.${name}`, '{}')).status).toBe(501);
    }
  });

  test('no credentials are MissingAuthenticationToken', async () => {
    const response = await endpoint.post('Logs_20140328.DescribeLogGroups', '{}', { authorization: '' });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
    expect((await fetch(endpoint.url)).status).toBe(403);
  });

  test('a web page of another site is refused', async () => {
    const response = await endpoint.post('Logs_20140328.DescribeLogGroups', '{}', { origin: 'https://evil.example' });
    expect(response.status).toBe(403);
    expect(endpoint.seen.calls).toEqual([]);
  });

  test('a body over the limit is a 413', async () => {
    const response = await endpoint.post('Logs_20140328.DescribeLogGroups', 'x'.repeat(bodyLimitBytes + 1));
    expect(response.status).toBe(413);
  });

  test('a bug is a 500 without its details, which the runner is told', async () => {
    const response = await endpoint.post('Logs_20140328.Break', '{}');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('a bug');
    expect(endpoint.events).toMatchObject([
      { type: 'notice', level: 'error', message: expect.stringContaining('a bug') },
    ]);
  });

  test('a bug before any service is asked is one as well', async () => {
    const { backend } = testBackend();
    const broken: RpcService = {
      signingName: 'broken',
      operations: {},
      inputFromPath: () => {
        throw new Error('ENOENT: /home/ada/secret');
      },
    };
    endpoint.serve({ ...backend, rpcServices: [broken] });
    const response = await fetch(endpoint.url, { method: 'POST', body: new URLSearchParams({ Action: 'Any' }) });
    expect(response.status).toBe(500);
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.text()).not.toContain('ada');
    expect(endpoint.events).toMatchObject([{ level: 'error', message: expect.stringContaining('/home/ada') }]);
  });

  test('what clients ask for in vain fills neither the console nor the memory, and the console says where it ends', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `Nothing.Of${index}`);
    for (const name of names) expect((await endpoint.post(name, '{}')).status).toBe(501);
    expect(endpoint.events).toHaveLength(200 + 1);
    expect(endpoint.events.at(-1)).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('no further one'),
    });
  });

  test.each(['GET /%E0%A4%A HTTP/1.1', 'GET http://[ HTTP/1.1', 'GARBAGE', 'POST //?Action=%zz HTTP/1.1'])(
    'the raw request %j gets a 4xx and the endpoint lives on',
    async (line) => {
      const answer = await raw(`${line}\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d/);
      expect((await endpoint.post('Logs_20140328.DescribeLogGroups', '{}')).status).toBe(200);
    },
  );
});

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(endpoint.port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
