import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  codeFolder,
  functionModel,
  invokeJson,
  removeFolders,
  type RunningLambda,
  startLambda,
} from './function-fixture.ts';

const code = `
  let count = 0;
  console.log('loading');
  const endless = () => new Promise(() => setInterval(() => {}, 1e6));
  const actions = {
    echo: (event, context) => ({ event, count, context: JSON.parse(JSON.stringify(context)), left: context.getRemainingTimeInMillis() }),
    environment: () => process.env,
    undefined: () => undefined,
    throw: () => { const error = new TypeError('boom'); error.detail = { a: 1 }; throw error; },
    throwText: () => { throw 'just text'; },
    log: () => {
      console.log('two\\nlines', { a: 1 });
      console.error(new Error('logged'));
      process.stdout.write('raw ');
      process.stderr.write('error line\\n');
      process.stdout.write('line\\nunfinished');
      return 'logged';
    },
    exit: ({ status }) => process.exit(status),
    reject: async () => { Promise.reject(new Error('lost')); await endless(); },
    throwLater: async () => { setTimeout(() => { throw new Error('later'); }, 1); await endless(); },
    circular: () => { const value = {}; value.self = value; return value; },
    large: ({ bytes }) => 'x'.repeat(bytes - 2),
    memory: () => { globalThis.kept = Buffer.alloc(280e6, 1); return endless(); },
    never: () => new Promise(() => {}),
  };
  exports.handler = async (event, context) => { count += 1; return actions[event.action](event, context); };
`;

let running: RunningLambda;
const invoke = (action: string, more = {}) => invokeJson(running.lambda, 'worker', { action, ...more });
/** Lines of the last invocation, its platform's lines included. */
const tail = (text: string) => text.replace(/\n$/, '').split('\n');

beforeAll(async () => {
  const environment = { STAGE: 'test', AWS_USE_FIPS_ENDPOINT: 'true', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
  const fn = functionModel({ codeDirectory: codeFolder({ 'index.js': code }), environment });
  running = await startLambda([fn]);
});

afterAll(async () => {
  await running.lambda.close();
  removeFolders();
});

describe('an invocation', () => {
  test('hands the event and a complete context to the handler, in one environment after the other', async () => {
    const { result, payload } = await invoke('echo', { n: 1 });
    expect(result).toMatchObject({
      outcome: 'success',
      executionEnvironmentId: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    expect(result.functionError).toBeUndefined();
    expect(payload).toMatchObject({
      event: { action: 'echo', n: 1 },
      count: 1,
      context: {
        callbackWaitsForEmptyEventLoop: true,
        functionName: 'worker',
        functionVersion: '$LATEST',
        memoryLimitInMB: '256',
        logGroupName: '/aws/lambda/worker',
        logStreamName: expect.stringMatching(
          new RegExp(`^\\d{4}/\\d{2}/\\d{2}/\\[\\$LATEST\\]${result.executionEnvironmentId}[0-9a-f]{24}$`),
        ),
        invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:worker',
        awsRequestId: result.requestId,
      },
    });
    // Of 900 s; a test that has taken minutes has failed.
    expect(payload['left']).toBeLessThanOrEqual(900_000);
    expect(payload['left']).toBeGreaterThan(600_000);
    const second = await invoke('echo');
    expect(second.payload).toMatchObject({ count: 2 });
    expect(second.result.executionEnvironmentId).toBe(result.executionEnvironmentId);
  });

  test('sees AWS’s variables and its own, and nothing of this machine beyond PATH and LANG', async () => {
    process.env['AWS_PROFILE'] = 'personal';
    const { payload } = await invoke('environment');
    delete process.env['AWS_PROFILE'];
    expect(payload).toMatchObject({
      STAGE: 'test',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'key-of-worker',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_USE_FIPS_ENDPOINT: 'false',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      _HANDLER: 'index.handler',
      TZ: ':UTC',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    });
    const foreign = Object.keys(payload).filter(
      (name) => !/^(AWS_|LAMBDA_|_|PATH$|NODE_PATH$|LANG$|TZ$|STAGE$)/.test(name),
    );
    expect(foreign).toEqual([]);
    expect(payload['AWS_PROFILE']).toBeUndefined();
    expect(payload['AWS_USE_DUALSTACK_ENDPOINT']).toBeUndefined();
  });

  test('that returns nothing answers null', async () => {
    expect((await invoke('undefined')).result.payload).toBe('null');
  });
});

describe('log lines', () => {
  test('come in order, several lines as one event, between START and END', async () => {
    const { result } = await invoke('log');
    const lines = running
      .logEvents()
      .slice(running.logs().indexOf(`START RequestId: ${result.requestId} Version: $LATEST`))
      .map(({ message }) => message);
    const prefix = `Z\t${result.requestId}\t`;
    expect(lines).toEqual([
      `START RequestId: ${result.requestId} Version: $LATEST`,
      expect.stringContaining(`${prefix}INFO\ttwo\nlines { a: 1 }`),
      expect.stringMatching(/\tERROR\tError: logged\n {4}at /),
      'error line',
      'raw line',
      'unfinished',
      `END RequestId: ${result.requestId}`,
      expect.stringMatching(/^REPORT RequestId: \S+\tDuration: \d+\.\d\d ms\t.*\tMax Memory Used: [1-9]\d* MB\t$/),
    ]);
    expect(tail(result.logTail)[0]).toBe(lines[0]);
    expect(running.logEvents().at(-1)).toMatchObject({
      source: 'platform',
      functionName: 'worker',
      executionEnvironmentId: result.executionEnvironmentId,
      logGroupName: '/aws/lambda/worker',
    });
  });

  test('of the first invocation begin with INIT_START, what loading logged, and tell the init duration', () => {
    expect(running.logs()[0]).toMatch(/^INIT_START Runtime Version: nodejs:24/);
    expect(running.logs()[1]).toMatch(/Z\tundefined\tINFO\tloading$/);
    const reports = running.logs().filter((line) => line.startsWith('REPORT'));
    expect(reports[0]).toMatch(/\tInit Duration: \d+\.\d\d ms\t$/);
    expect(reports[1]).not.toContain('Init Duration');
  });
});

describe('a handler that throws', () => {
  test('answers errorType, errorMessage and trace, logs the Invoke Error, and keeps its environment', async () => {
    const { result, payload } = await invoke('throw');
    expect(result).toMatchObject({ functionError: 'Unhandled', errorType: 'TypeError', outcome: 'error' });
    expect(payload).toEqual({
      errorType: 'TypeError',
      errorMessage: 'boom',
      trace: expect.arrayContaining(['TypeError: boom']),
    });
    const line = tail(result.logTail)[1] ?? '';
    expect(line).toContain(
      `\t${result.requestId}\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"boom"`,
    );
    expect(JSON.parse(line.split('Invoke Error \t')[1] ?? '')).toMatchObject({ detail: { a: 1 } });
    expect(result.logTail).not.toContain('Status:');
    const count = (await invoke('echo')).payload['count'] as number;
    expect(count).toBeGreaterThan(3);
  });

  test('something that is no error is reported by its type', async () => {
    const { payload } = await invoke('throwText');
    expect(payload).toEqual({ errorType: 'string', errorMessage: 'just text', trace: [] });
  });

  test('a result that JSON cannot hold is Runtime.JSONStringifyError', async () => {
    const { payload } = await invoke('circular');
    expect(payload).toMatchObject({
      errorType: 'Runtime.JSONStringifyError',
      errorMessage: 'Unable to stringify response body',
    });
  });

  test('a response may have 6,291,556 bytes and not one more', async () => {
    expect((await invoke('large', { bytes: 6_291_556 })).result).toMatchObject({ outcome: 'success' });
    const { result, payload } = await invoke('large', { bytes: 6_291_557 });
    expect(result).toMatchObject({ functionError: 'Unhandled', outcome: 'error' });
    expect(payload).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
  });

  test('a promise that nothing will settle is Runtime.NodeJsExit', async () => {
    expect((await invoke('never')).payload).toMatchObject({ errorType: 'Runtime.NodeJsExit' });
  });
});

describe('a process that ends', () => {
  test.each([
    ['exit', { status: 0 }, 'Runtime.ExitError', 'Error: Runtime exited without providing a reason'],
    ['exit', { status: 7 }, 'Runtime.ExitError', 'Error: Runtime exited with error: exit status 7'],
    ['memory', {}, 'Runtime.OutOfMemory', 'Error: Runtime exited with error: signal: killed'],
  ])('by %s %j is %s, and the next invocation runs in a fresh process', async (action, more, errorType, text) => {
    const before = (await invoke('echo')).result.executionEnvironmentId;
    const { result, payload } = await invoke(action, more);
    expect(result).toMatchObject({
      functionError: 'Unhandled',
      errorType,
      outcome: 'crash',
      executionEnvironmentId: before,
    });
    expect(payload).toEqual({ errorType, errorMessage: `RequestId: ${result.requestId} ${text}` });
    expect(tail(result.logTail).slice(-4)).toEqual([
      `RequestId: ${result.requestId} ${text}`,
      errorType,
      `END RequestId: ${result.requestId}`,
      expect.stringMatching(new RegExp(`\\tStatus: error\\tError Type: ${errorType}\\t$`)),
    ]);
    const next = await invoke('echo');
    expect(next.payload).toMatchObject({ count: 1 });
    expect(next.result.executionEnvironmentId).toBe(before);
    expect(next.result.logTail).not.toContain('Init Duration');
  });

  test.each([
    ['reject', 'Runtime.UnhandledPromiseRejection', 'Error: lost', 'Unhandled Promise Rejection', 128],
    ['throwLater', 'Error', 'later', 'Uncaught Exception', 129],
  ])('by %s reports the error, and the exit in its log', async (action, errorType, message, what, status) => {
    const { result, payload } = await invoke(action);
    expect(result).toMatchObject({ functionError: 'Unhandled', errorType, outcome: 'crash' });
    expect(payload).toMatchObject({ errorType, errorMessage: message });
    expect(result.logTail).toContain(`\tERROR\t${what} \t{"errorType":"${errorType}"`);
    expect(result.logTail).toContain(`Error: Runtime exited with error: exit status ${status}\nRuntime.ExitError\n`);
    expect((await invoke('echo')).payload).toMatchObject({ count: 1 });
  });
});

test('invocation events frame each invocation and say how it ended', async () => {
  running.emitted.length = 0;
  const { result } = await invoke('throw');
  const names = {
    functionName: 'worker',
    requestId: result.requestId,
    executionEnvironmentId: result.executionEnvironmentId,
  };
  expect(running.emitted.filter((event) => event.type !== 'log')).toEqual([
    { type: 'invocation-started', atMs: expect.any(Number), ...names, traceHeader: expect.any(String) },
    {
      type: 'invocation-ended',
      atMs: expect.any(Number),
      ...names,
      durationMs: result.durationMs,
      outcome: 'error',
      errorMessage: 'boom',
    },
  ]);
});
