import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RuntimeApiServer } from '../../src/services/lambda/runtime-api-server.ts';
import { codeFolder, functionModel, invokeJson, removeFolders, startLambda } from './function-fixture.ts';

const key = randomUUID();
const invocation = {
  requestId: 'one',
  payload: '{}',
  deadlineMs: 1,
  invokedFunctionArn: 'arn',
  traceHeader: 'Root=1',
};

let api: RuntimeApiServer;
let answered: string[];

beforeEach(async () => {
  api = new RuntimeApiServer();
  answered = [];
  await api.start();
  api.register(key, {
    onNext: (deliver) => {
      answered.push('next');
      deliver(invocation);
    },
    onResponse: (requestId, body) => {
      answered.push(`response ${requestId} ${body}`);
      return requestId === 'one';
    },
    onError: () => true,
    onInitError: () => answered.push('init/error'),
  });
});

afterEach(() => api.close());

interface Call {
  readonly method?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** By node:http, because `fetch` sends no Host of one's own. */
async function call(path: string, { method = 'POST', key: given = key, headers = {}, body = '' }: Call = {}) {
  const url = new URL(`http://${api.address(given)}/2018-06-01/runtime/${path}`);
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; connection: unknown }>();
  const sent = request(url, { method, headers }, (response) => {
    response.resume();
    response.once('end', () => resolve({ status: response.statusCode, connection: response.headers.connection }));
  });
  sent.once('error', reject).end(body);
  return promise;
}

describe('the Runtime API', () => {
  test('answers the process that knows its key', async () => {
    expect(await call('invocation/next', { method: 'GET' })).toMatchObject({ status: 200 });
    expect(await call('invocation/one/response', { body: '1' })).toMatchObject({ status: 202 });
    expect(answered).toEqual(['next', 'response one 1']);
  });

  test.each([
    ['a DNS name that was rebound to this machine', { host: 'evil.example' }],
    ['a web page of another site', { origin: 'https://evil.example' }],
    ['a form of a page that hides its origin', { origin: 'null', 'content-type': 'text/plain' }],
    ['a page that asks across sites', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses %s, even with the key', async (_who, headers) => {
    for (const path of ['invocation/one/response', 'invocation/one/error', 'init/error']) {
      expect(await call(path, { headers })).toMatchObject({ status: 403, connection: 'close' });
    }
    expect(await call('invocation/next', { method: 'GET', headers })).toMatchObject({ status: 403 });
    expect(answered).toEqual([]);
  });

  test.each(['', '/', randomUUID(), `${key}x`, `x${key}`, `${key}/..`, '..%2f'])(
    'knows nobody by the key %j',
    async (given) => {
      expect(await call('invocation/one/response', { key: given })).toMatchObject({ status: 404, connection: 'close' });
      expect(answered).toEqual([]);
    },
  );

  test.each([
    ['GET', 'invocation/one/response'],
    ['GET', 'init/error'],
    ['POST', 'invocation/next'],
    ['OPTIONS', 'invocation/next'],
  ])('takes no %s of %s', async (method, path) => {
    expect(await call(path, { method })).toMatchObject({ status: 405 });
    expect(answered).toEqual([]);
  });

  test('takes no answer to another invocation', async () => {
    expect(await call('invocation/two/response', { body: '1' })).toMatchObject({ status: 400 });
  });
});

test('the key of a process is not the id of its environment, which stands in every log stream', async () => {
  const code = `exports.handler = async (_event, { logStreamName }) => ({
    address: process.env.AWS_LAMBDA_RUNTIME_API, logStreamName });`;
  const fn = functionModel({ codeDirectory: codeFolder({ 'index.js': code }) });
  await using running = await startLambda([fn]);
  const { payload } = await invokeJson(running.lambda, 'worker', {});
  const [, executionEnvironmentId = ''] = /\](\w{32})$/.exec(String(payload['logStreamName'])) ?? [];
  expect(executionEnvironmentId).toHaveLength(32);
  expect(String(payload['address']).replaceAll('-', '')).not.toContain(executionEnvironmentId);
  removeFolders();
});
