import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { EventStream } from '../../src/events.ts';
import { TemporaryFolder } from '../../src/processes.ts';
import { type Runtime, startRuntime } from '../../src/runtime.ts';
import { eventually } from '../../src/testing/eventually.ts';
import { EventWatch } from '../../src/testing/event-watch.ts';
import { addApiToLambdaToSqs, addFunctionUrl, addHttpApiToSqs } from './http-to-sqs.ts';

let runtime: Runtime;
let watch: EventWatch;
const folder = new TemporaryFolder('patterns-');

beforeAll(async () => {
  const app = new App({ outdir: folder.path });
  addHttpApiToSqs(new Stack(app, 'HttpApiToSqs'));
  addApiToLambdaToSqs(new Stack(app, 'ApiToLambdaToSqs'));
  addFunctionUrl(new Stack(app, 'FunctionUrl'));
  app.synth();
  const events = new EventStream();
  watch = new EventWatch(events);
  runtime = await startRuntime({ assembly: folder.path, events, port: 0 });
});

afterAll(async () => {
  await runtime?.[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const output = (name: string) =>
  runtime.model.stacks.flatMap(({ outputs }) => outputs).find(({ key }) => key === name)?.value ?? '';

const post = (url: string, body: object) => fetch(url, { method: 'POST', body: JSON.stringify(body) });

describe('the pattern "HTTP API to SQS"', () => {
  test('brings the body of a request, or a member of it, to the function behind the queue', async () => {
    expect(runtime.model.skipped.filter(({ type }) => !type.startsWith('AWS::CDK::'))).toEqual([]);
    expect((await post(`${output('JobsUrl')}jobs`, { id: 1 })).status).toBe(200);
    expect((await post(`${output('JobsUrl')}members`, { MessageBody: 'member' })).status).toBe(200);
    const lines = await eventually(
      () =>
        watch
          .ofType('log')
          .filter(({ functionName, source }) => functionName === 'worker' && source === 'function')
          .map(({ message }) => message.trimEnd().split('\t').at(-1)),
      (all) => all.length >= 2,
    );
    expect(new Set(lines)).toEqual(new Set(['job {"id":1}', 'job member']));
  });
});

describe('the pattern "API to Lambda to SQS"', () => {
  test.each([
    ['an HTTP API', () => `${output('OrdersUrl')}/orders`],
    ['a REST API', () => `${output('OrdersRestUrl')}orders`],
  ])('takes good orders by %s, and refuses others', async (kind, url) => {
    const accepted = await post(url(), { order: kind });
    expect([accepted.status, await accepted.json()]).toEqual([202, { MessageId: expect.any(String) }]);
    expect((await post(url(), {})).status).toBe(400);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const sqs = new SQSClient({ endpoint: runtime.endpoint.url, region: 'us-east-1', credentials });
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: output('OrdersQueue') }));
    sqs.destroy();
    expect(Messages).toMatchObject([{ Body: kind }]);
  });
});

describe('the pattern "function URL"', () => {
  test('answers at the address of the output', async () => {
    const response = await fetch(`${output('GreeterUrl')}world`);
    expect([response.status, await response.json()]).toEqual([200, { greeting: 'world' }]);
  });
});
