import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EventStream } from '../../src/events.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { startServices } from '../endpoint/endpoint-harness.ts';
import { codeFolder, functionModel, removeFolders, type RunningLambda, startLambda } from './function-fixture.ts';

const code = `
  exports.handler = async (event, context) => {
    console.log('got', event, context.clientContext?.custom?.tag);
    if (event?.fail) throw new Error('no');
    return { event, arn: context.invokedFunctionArn };
  };
`;

let running: RunningLambda;
let serving: Awaited<ReturnType<typeof startServices>>;
let client: LambdaClient;
const clock = new ManualClock();

beforeAll(async () => {
  const codeDirectory = codeFolder({ 'index.js': code });
  const events = new EventStream();
  running = await startLambda(
    [
      functionModel({ codeDirectory, environment: { STAGE: 'test' }, reservedConcurrency: 5 }),
      functionModel({ name: 'another', codeDirectory, logFormat: 'JSON' }),
      functionModel({ name: 'off', codeDirectory, reservedConcurrency: 0 }),
    ],
    { events, clock },
  );
  serving = await startServices({
    events,
    clock,
    restServices: [{ signingName: 'lambda', routes: running.lambda.routes }],
  });
  client = new LambdaClient(serving.clientOptions);
});

afterAll(async () => {
  client.destroy();
  await serving.endpoint.close();
  await running.lambda.close();
  removeFolders();
});

const withContext = (context: string, InvocationType: 'RequestResponse' | 'Event' = 'RequestResponse') => {
  const ClientContext = Buffer.from(context).toString('base64');
  return client.send(new InvokeCommand({ FunctionName: 'worker', ClientContext, InvocationType }));
};

describe('Invoke', () => {
  test('answers the payload, the version, and with LogType Tail the log', async () => {
    const answer = await client.send(
      new InvokeCommand({ FunctionName: 'worker', Payload: '{"n":1}', LogType: 'Tail' }),
    );
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({
      event: { n: 1 },
      arn: 'arn:aws:lambda:eu-west-1:000000000000:function:worker',
    });
    const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
    expect(log).toMatch(
      /^START RequestId: [0-9a-f-]{36} Version: \$LATEST\n.*\tgot \{ n: 1 \}.*\nEND .*\nREPORT .*\n$/,
    );
    expect(log).toContain(answer.$metadata.requestId);
    expect(serving.asked.at(-1)).toEqual({
      action: 'lambda:InvokeFunction',
      resource: 'arn:aws:lambda:eu-west-1:000000000000:function:worker',
    });
  });

  test('answers a function’s error with status 200', async () => {
    const answer = await client.send(new InvokeCommand({ FunctionName: 'worker', Payload: '{"fail":true}' }));
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({ errorMessage: 'no' });
  });

  test('takes a full ARN, the qualifier $LATEST, a client context, and no payload at all', async () => {
    const arn = 'arn:aws:lambda:eu-west-1:000000000000:function:worker';
    const context = Buffer.from('{"custom":{"tag":"blue"}}').toString('base64');
    const answer = await client.send(
      new InvokeCommand({ FunctionName: arn, Qualifier: '$LATEST', ClientContext: context }),
    );
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ event: {}, arn: `${arn}:$LATEST` });
    expect(running.logs().some((line) => line.endsWith('\tgot {} blue'))).toBe(true);
  });

  test('passes a client context on as it was, whatever letters and line breaks it has', async () => {
    await withContext('{\n  "custom": { "tag": "blau €" }\n}');
    expect(running.logs().some((line) => line.endsWith('\tgot {} blau €'))).toBe(true);
  });

  test('as an event passes no client context on', async () => {
    running.emitted.length = 0;
    await withContext('{"custom":{"tag":"blue"}}', 'Event');
    while (!running.emitted.some(({ type }) => type === 'invocation-ended')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(running.logs().find((line) => line.includes('\tgot '))).toMatch(/\tgot \{\} undefined$/);
  });

  test('as a dry run answers 204 and runs nothing', async () => {
    running.emitted.length = 0;
    const answer = await client.send(new InvokeCommand({ FunctionName: 'worker', InvocationType: 'DryRun' }));
    expect(answer.StatusCode).toBe(204);
    expect(running.emitted).toEqual([]);
  });

  test('as an event answers 202 and tries a failing function three times, with the same request id', async () => {
    running.emitted.length = 0;
    const ended = () => running.emitted.filter((event) => event.type === 'invocation-ended');
    const attempt = async (count: number) => {
      while (ended().length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    const answer = await client.send(
      new InvokeCommand({ FunctionName: 'worker', InvocationType: 'Event', Payload: '{"fail":true}' }),
    );
    expect(answer.StatusCode).toBe(202);
    await attempt(1);
    await clock.advance(59_999);
    expect(ended()).toHaveLength(1);
    await clock.advance(1);
    await attempt(2);
    await clock.advance(120_000);
    await attempt(3);
    await clock.advance(3_600_000);
    expect(ended().map(({ requestId }) => requestId)).toEqual(Array(3).fill(answer.$metadata.requestId));
    expect(running.emitted.at(-1)).toMatchObject({
      type: 'notice',
      message: expect.stringContaining('worker: gave up on asynchronous event'),
    });
  });

  test('as an event is tried once where the function’s settings say so', async () => {
    const former = running.lambda.functions;
    await running.lambda.update(former.map((fn) => ({ ...fn, asyncRetry: { maximumRetryAttempts: 0 } })));
    running.emitted.length = 0;
    await client.send(new InvokeCommand({ FunctionName: 'worker', InvocationType: 'Event', Payload: '{"fail":true}' }));
    while (running.emitted.at(-1)?.type !== 'notice') await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(3_600_000);
    expect(running.emitted.filter((event) => event.type === 'invocation-ended')).toHaveLength(1);
    await running.lambda.update(former);
  });

  test('of a missing function has its text as Message, as in the API model', async () => {
    const { endpoint } = serving;
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/lambda/aws4_request';
    const url = `${endpoint.url}/2015-03-31/functions/nobody`;
    const response = await fetch(url, { headers: { authorization } });
    const arn = 'arn:aws:lambda:eu-west-1:000000000000:function:nobody';
    expect(await response.json()).toEqual({ Type: 'User', Message: `Function not found: ${arn}` });
  });

  test.each([
    [{ FunctionName: 'nobody' }, 'ResourceNotFoundException', 404, /^Function not found: .*:nobody:\$LATEST$/],
    [{ FunctionName: 'worker', Qualifier: 'PROD' }, 'ResourceNotFoundException', 404, /:worker:PROD$/],
    [
      { FunctionName: 'worker', Payload: '{"n":' },
      'InvalidRequestContentException',
      400,
      /^Could not parse request body/,
    ],
    [
      { FunctionName: 'worker', Payload: Buffer.from([0x22, 0x87, 0x22]) },
      'InvalidRequestContentException',
      400,
      /json/,
    ],
    [
      { FunctionName: 'worker', ClientContext: 'string' },
      'InvalidRequestContentException',
      400,
      /^Client context must/,
    ],
    [{ FunctionName: 'off' }, 'TooManyRequestsException', 429, /^Rate Exceeded\.$/],
    [{ FunctionName: 'worker', InvocationType: 'Later' as 'Event' }, 'ValidationException', 400, /'invocationType'/],
    [
      { FunctionName: 'worker', Payload: `"${'x'.repeat(6 * 1024 * 1024)}"` },
      'RequestTooLargeException',
      413,
      /^Request must be smaller than 6291456 bytes for the InvokeFunction operation$/,
    ],
    [
      { FunctionName: 'worker', InvocationType: 'Event' as const, Payload: `"${'x'.repeat(1024 * 1024)}"` },
      'RequestTooLargeException',
      413,
      /smaller than 1048576 bytes/,
    ],
  ])('asks for permission, and then refuses case %# as AWS does', async (input, name, status, message) => {
    await expect(client.send(new InvokeCommand(input))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: status },
    });
    expect(serving.asked.at(-1)?.resource).toBe(`arn:aws:lambda:eu-west-1:000000000000:function:${input.FunctionName}`);
  });

  test('says why it throttles', async () => {
    await expect(client.send(new InvokeCommand({ FunctionName: 'off' }))).rejects.toMatchObject({
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      Type: 'User',
    });
  });
});

describe('functions are described', () => {
  test('by GetFunctionConfiguration', async () => {
    const configuration = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'another' }));
    expect(configuration).toMatchObject({
      FunctionName: 'another',
      FunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:another',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 900,
      MemorySize: 256,
      Version: '$LATEST',
      State: 'Active',
      CodeSize: code.length,
      CodeSha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'INFO',
        LogGroup: '/aws/lambda/another',
      },
    });
    expect(configuration.Environment).toBeUndefined();
  });

  test('by GetFunction, with code and reserved concurrency', async () => {
    const answer = await client.send(new GetFunctionCommand({ FunctionName: 'worker', Qualifier: '$LATEST' }));
    expect(answer).toMatchObject({
      Configuration: {
        FunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:worker:$LATEST',
        Environment: { Variables: { STAGE: 'test' } },
      },
      Code: { RepositoryType: 'S3', Location: expect.stringMatching(/^file:\/\//) },
      Concurrency: { ReservedConcurrentExecutions: 5 },
    });
    await expect(client.send(new GetFunctionCommand({ FunctionName: 'nobody' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:eu-west-1:000000000000:function:nobody',
    });
  });

  test('by ListFunctions, page by page', async () => {
    const first = await client.send(new ListFunctionsCommand({ MaxItems: 2 }));
    expect(first.Functions?.map((fn) => fn.FunctionName)).toEqual(['another', 'off']);
    const second = await client.send(new ListFunctionsCommand({ MaxItems: 2, Marker: first.NextMarker }));
    expect(second.Functions?.map((fn) => fn.FunctionName)).toEqual(['worker']);
    expect(second.NextMarker).toBeUndefined();
    await expect(client.send(new ListFunctionsCommand({ MaxItems: 0 }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
