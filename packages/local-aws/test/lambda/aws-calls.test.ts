import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  codeFolder,
  functionModel,
  invokeJson,
  removeFolders,
  type RunningLambda,
  startLambda,
} from './function-fixture.ts';

/** Answers whatever is asked, on this machine: `lookup` leads every name here, so no test reaches another one. */
const code = `
  const http = require('node:http');
  const heard = [];
  const server = http.createServer((request, response) => {
    heard.push(request.headers.host);
    response.end('answered');
  });
  const listening = new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const key = process.env.AWS_ACCESS_KEY_ID;
  const lookup = (host, options, found) =>
    options.all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4);

  const ask = (host, { path = '/', headers }) => new Promise((resolve) => {
    http
      .request({ host, port: server.address().port, path, headers, lookup, agent: false }, (response) => {
        response.resume();
        response.on('end', () => resolve('answered'));
      })
      .on('error', ({ code, message }) => resolve({ code, message }))
      .end();
  });

  exports.handler = async ({ host, how }) => {
    await listening;
    heard.length = 0;
    const signed = { authorization: 'AWS4-HMAC-SHA256 Credential=' + key + '/20260101/eu-west-1/dynamodb/aws4_request' };
    const answer =
      how === 'fetch'
        ? await fetch('http://' + host + '/', { headers: signed }).then(() => 'answered', ({ cause }) => cause)
        : await ask(host, {
            path: how === 'presigned' ? '/?X-Amz-Credential=' + key + '%2F20260101' : '/',
            headers: how === 'signed' ? signed : {},
          });
    return { answer: answer.message ?? answer, heard };
  };
`;

let running: RunningLambda;
const ask = async (host: string, how: 'signed' | 'presigned' | 'fetch' | 'unsigned') =>
  (await invokeJson(running.lambda, 'worker', { host, how })).payload;
const notices = () =>
  running.emitted.flatMap((event) => (event.type === 'notice' ? `${event.level}: ${event.message}` : []));

beforeAll(async () => {
  running = await startLambda([functionModel({ codeDirectory: codeFolder({ 'index.js': code }) })]);
});

afterAll(async () => {
  await running.lambda.close();
  removeFolders();
});

describe('a call of AWS past the endpoint', () => {
  test.each([
    ['signed', 'dynamodb.eu-west-1.amazonaws.com'],
    ['presigned', 'bucket.s3.eu-west-1.amazonaws.com'],
    ['fetch', 'sqs.eu-west-1.api.aws'],
    ['signed', 'sqs.cn-north-1.amazonaws.com.cn'],
  ] as const)('%s with the credentials of the function is not sent: %s', async (how, host) => {
    const { answer, heard } = await ask(host, how);
    expect(heard).toEqual([]);
    expect(answer).toContain(`${host} was not asked`);
    expect(answer).toContain('endpoint: process.env.AWS_ENDPOINT_URL');
    expect(notices()).toContainEqual(expect.stringMatching(new RegExp(`^warning: The function worker called ${host}`)));
  });

  test('for the credentials of a machine is not sent either, whoever asks', async () => {
    const { answer, heard } = await ask('169.254.169.254', 'unsigned');
    expect([heard, answer]).toEqual([[], expect.stringContaining('169.254.169.254 was not asked: Lambda has no')]);
    expect(notices()).toContainEqual(
      expect.stringMatching(/^warning: .* called 169\.254\.169\.254 for the credentials/),
    );
  });

  test('is told once for each host, with what mends it', async () => {
    await ask('kms.eu-west-1.amazonaws.com', 'signed');
    await ask('kms.eu-west-1.amazonaws.com', 'signed');
    const told = notices().filter((notice) => notice.includes('kms.eu-west-1'));
    expect(told).toEqual([expect.stringContaining('does not read AWS_ENDPOINT_URL')]);
  });

  test('without credentials of the function is sent, and told as such', async () => {
    const { answer, heard } = await ask('cognito-idp.eu-west-1.amazonaws.com', 'unsigned');
    expect([answer, heard]).toEqual(['answered', [expect.stringContaining('cognito-idp')]]);
    expect(notices()).toContainEqual(
      expect.stringMatching(/^info: The function worker calls cognito-idp.eu-west-1.amazonaws.com/),
    );
  });
});

describe('a call of another host', () => {
  test.each(['orders.example.com', 'amazonaws.com.example.org', 'localhost', '127.0.0.1', 'minio.lan'])(
    'goes on working, and nothing is told: %s',
    async (host) => {
      const before = notices();
      expect(await ask(host, 'signed')).toMatchObject({ answer: 'answered', heard: [expect.stringContaining(host)] });
      expect(notices()).toEqual(before);
    },
  );
});
