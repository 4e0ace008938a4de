import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundleFunction } from '../../lib/bundle-function.ts';
import { runBundled } from './bundled-function.ts';
import { goodBody, sqsEvent } from './sqs-event.ts';

// What the bundle leaves out of the SDK must not change how it deals with AWS. Rules: AWS SDKs and Tools Reference
// Guide, "Environment variables", "Service-specific endpoints", "Retry behavior".

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundle-'));
  bundleFunction('lambdas/process-orders/handler.ts', directory);
});
afterAll(() => rmSync(directory, { recursive: true }));

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

const written: Answer = { status: 200, body: {} };
const refused = (type: string, status = 400, headers = {}): Answer => ({
  status,
  headers,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'No.' },
});
const stays = { batchItemFailures: [{ itemIdentifier: 'message-0' }] };
const done = { batchItemFailures: [] };

/** Processes one good order with a DynamoDB that gives these answers, the last one again and again. */
async function processOrder(answers: readonly Answer[], environment: Readonly<Record<string, string>> = {}) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const { status, headers, body } = answers[Math.min(requests.push(request), answers.length) - 1]!;
    void text(request).then(() => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers });
      response.end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const report = await runBundled(directory, {
      event: sqsEvent([goodBody]),
      environment: { AWS_ENDPOINT_URL: endpoint, ...withEndpoint(environment, endpoint) },
    });
    return { report, requests: requests.map(({ headers }) => headers) };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function withEndpoint(environment: Readonly<Record<string, string>>, endpoint: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace('HERE', endpoint)]),
  );
}

describe('a bundled function', () => {
  test('signs with the credentials, the session token and the region of its environment', async () => {
    const { report, requests } = await processOrder([written], { AWS_REGION: 'ap-southeast-2' });
    expect(report).toEqual(done);
    expect(requests).toHaveLength(1);
    expect(requests[0]!.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=test-key\/\d{8}\/ap-southeast-2\/dynamodb\/aws4_request, SignedHeaders=.*x-amz-security-token/,
    );
    expect(requests[0]).toMatchObject({ 'x-amz-security-token': 'test-token' });
  });

  test('prefers the endpoint given for DynamoDB to that for all services', async () => {
    const { report } = await processOrder([written], {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_DYNAMODB: 'HERE',
    });
    expect(report).toEqual(done);
  });

  test.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
    'asks again after %s',
    async (throttle) => {
      const { report, requests } = await processOrder([refused(throttle), written]);
      expect(report).toEqual(done);
      expect(requests).toHaveLength(2);
      expect(requests[1]).toMatchObject({ 'amz-sdk-request': 'attempt=2; max=2' });
    },
  );

  test('leaves an order in the queue that DynamoDB throttles for longer', async () => {
    const { report, requests } = await processOrder([refused('ThrottlingException')]);
    expect(report).toEqual(stays);
    expect(requests).toHaveLength(2);
  });

  test('asks again after a server error', async () => {
    expect((await processOrder([refused('InternalServerError', 500), written])).report).toEqual(done);
  });

  test('leaves an order in the queue, without asking again, when its credentials have expired', async () => {
    const { report, requests } = await processOrder([refused('ExpiredTokenException')]);
    expect(report).toEqual(stays);
    expect(requests).toHaveLength(1);
  });

  test('signs again by the clock of AWS when its own is wrong', async () => {
    const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000);
    const { report, requests } = await processOrder([
      refused('InvalidSignatureException', 400, { date: tomorrow.toUTCString() }),
      written,
    ]);
    expect(report).toEqual(done);
    expect(requests[1]!['x-amz-date']).toMatch(
      new RegExp(`^${tomorrow.toISOString().slice(0, 10).replaceAll('-', '')}T`),
    );
  });

  test('passes on the trace that Lambda names, which X-Ray joins its calls by', async () => {
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    const { requests } = await processOrder([written], {
      AWS_LAMBDA_FUNCTION_NAME: 'process-orders',
      _X_AMZN_TRACE_ID: trace,
    });
    expect(requests[0]).toMatchObject({ 'x-amzn-trace-id': trace });
  });
});
