import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  codeFolder,
  endless,
  functionModel,
  invokeJson,
  isAlive,
  removeFolders,
  startLambda,
} from './function-fixture.ts';

/** Holds every invocation until a file appears, so that a test decides how long it runs. */
const code = (version: number) => `
  const { existsSync } = require('node:fs');
  exports.handler = async ({ until }) => {
    while (until && !existsSync(until)) await new Promise((resolve) => setTimeout(resolve, 2));
    return { version: ${version}, pid: process.pid, key: process.env.AWS_ACCESS_KEY_ID };
  };
`;

afterAll(removeFolders);

describe('execution environments', () => {
  test('are as many as there are concurrent invocations, at most the reserved concurrency, and used again', async () => {
    const folder = codeFolder({ 'index.js': code(1) });
    await using running = await startLambda([functionModel({ codeDirectory: folder, reservedConcurrency: 2 })]);
    const until = path.join(folder, 'go');
    const both = [
      invokeJson(running.lambda, 'worker', { until }),
      invokeJson(running.lambda, 'worker', { until }),
    ] as const;
    await expect(running.lambda.invoke('worker', '{}')).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      httpStatus: 429,
      message: 'Rate Exceeded.',
      members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    });
    writeFileSync(until, '');
    const [first, second] = await Promise.all(both);
    expect(first.result.executionEnvironmentId).not.toBe(second.result.executionEnvironmentId);
    const third = await invokeJson(running.lambda, 'worker', {});
    const fourth = await invokeJson(running.lambda, 'worker', {});
    expect([first.payload['pid'], second.payload['pid']]).toContain(third.payload['pid']);
    expect(fourth.payload['pid']).toBe(third.payload['pid']);
  });

  test('have an access key of their own each, which a fresh process in the same environment keeps', async () => {
    const folder = codeFolder({ 'index.js': code(1) });
    let issued = 0;
    const credentialsFor = () => ({ accessKeyId: `key-${(issued += 1)}`, secretAccessKey: 's', sessionToken: 't' });
    await using running = await startLambda([functionModel({ codeDirectory: folder })], { credentialsFor });
    const until = path.join(folder, 'go');
    const both = [invokeJson(running.lambda, 'worker', { until }), invokeJson(running.lambda, 'worker', { until })];
    writeFileSync(until, '');
    const keys = (await Promise.all(both)).map(({ payload }) => payload['key']);
    expect(new Set(keys)).toEqual(new Set(['key-1', 'key-2']));

    const { result, payload } = await invokeJson(running.lambda, 'worker', {});
    const processId = running.lambda.processId('worker', result.executionEnvironmentId);
    process.kill(processId ?? 0, 'SIGKILL');
    while (running.lambda.processId('worker', result.executionEnvironmentId) !== undefined) await setImmediate();
    expect((await invokeJson(running.lambda, 'worker', {})).payload['key']).toBe(payload['key']);
    expect(issued).toBe(2);
  });

  test('have one process each, which can be asked for and, once it is gone, is replaced', async () => {
    const folder = codeFolder({ 'index.js': code(1) });
    await using running = await startLambda([functionModel({ codeDirectory: folder })]);
    const { result, payload } = await invokeJson(running.lambda, 'worker', {});
    const { executionEnvironmentId } = result;
    const processId = running.lambda.processId('worker', executionEnvironmentId);
    expect(processId).toBe(payload['pid']);
    expect(running.lambda.processId('worker', 'another')).toBeUndefined();
    expect(running.lambda.processId('another', executionEnvironmentId)).toBeUndefined();

    process.kill(processId ?? 0, 'SIGKILL');
    while (running.lambda.processId('worker', executionEnvironmentId) !== undefined) await setImmediate();
    const next = await invokeJson(running.lambda, 'worker', {});
    expect(next.result.executionEnvironmentId).toBe(executionEnvironmentId);
    expect(next.payload['pid']).not.toBe(processId);
    expect(running.lambda.processId('worker', executionEnvironmentId)).toBe(next.payload['pid']);
  });

  test('of a function whose code changed are new; what runs finishes on the old one, which then stops', async () => {
    const folder = codeFolder({ 'index.js': code(1) });
    const other = codeFolder({ 'index.js': code(7) });
    const functions = [
      functionModel({ codeDirectory: folder }),
      functionModel({ name: 'unchanged', codeDirectory: other }),
    ];
    await using running = await startLambda(functions);
    const until = path.join(other, 'go');
    const kept = (await invokeJson(running.lambda, 'unchanged', {})).payload;
    const idle = (await invokeJson(running.lambda, 'worker', {})).payload;
    const busy = invokeJson(running.lambda, 'worker', { until });

    writeFileSync(path.join(folder, 'index.js'), code(2));
    await running.lambda.update(functions);
    const fresh = (await invokeJson(running.lambda, 'worker', {})).payload;
    expect(fresh).toMatchObject({ version: 2 });
    expect(fresh['pid']).not.toBe(idle['pid']);
    expect((await invokeJson(running.lambda, 'unchanged', {})).payload).toEqual(kept);
    expect(isAlive(idle['pid'])).toBe(true);
    writeFileSync(until, '');
    expect((await busy).payload).toEqual(idle);
    await running.lambda.close();
    expect([idle, fresh, kept].map(({ pid }) => isAlive(pid))).toEqual([false, false, false]);
  });

  test('of a function whose configuration changed, or that is gone, are replaced or refused', async () => {
    const fn = functionModel({
      codeDirectory: codeFolder({ 'index.js': 'exports.handler = async () => process.env;' }),
    });
    await using running = await startLambda([fn]);
    await running.lambda.invoke('worker', '{}');
    await running.lambda.update([{ ...fn, environment: { STAGE: 'two' } }]);
    expect((await invokeJson(running.lambda, 'worker', {})).payload).toMatchObject({ STAGE: 'two' });
    await running.lambda.update([]);
    await expect(running.lambda.invoke('worker', '{}')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});

describe('closing', () => {
  test('kills what runs, with what it started, and waits until it is gone', async () => {
    const running = await startLambda([functionModel({ codeDirectory: codeFolder(endless) })]);
    const pids = new Promise<number[]>((resolve) => {
      running.events.subscribe((event) => {
        if (event.type !== 'log' || !event.message.includes('pids')) return;
        resolve(event.message.split('pids ')[1]?.split(' ').map(Number) ?? []);
      });
    });
    const invoked = running.lambda.invoke('worker', '{}');
    const started = await pids;
    await running.lambda.close();
    expect(started.map(isAlive)).toEqual([false, false]);
    expect(await invoked).toMatchObject({ outcome: 'crash' });
  });

  test('ends an invocation that still waits for its process, and refuses later ones', async () => {
    const folder = codeFolder({ 'index.mjs': 'await new Promise((resolve) => setTimeout(resolve, 60000));' });
    const running = await startLambda([functionModel({ codeDirectory: folder })]);
    const invoked = running.lambda.invoke('worker', '{}');
    await running.lambda.close();
    expect(await invoked).toMatchObject({ outcome: 'crash', errorType: 'Runtime.ExitError' });
    await expect(running.lambda.invoke('worker', '{}')).rejects.toMatchObject({ code: 'ServiceException' });
  });

  test('a service that never ran anything closes', async () => {
    await using running = await startLambda([]);
    expect(running.lambda.functions).toEqual([]);
  });
});

test('functions that declare another Node.js than this machine’s are named once', async () => {
  const codeDirectory = codeFolder({ 'index.js': '' });
  const functions = [
    functionModel({ codeDirectory }),
    functionModel({ name: 'old', codeDirectory, runtime: 'nodejs16.x' }),
  ];
  await using running = await startLambda(functions);
  await running.lambda.update(functions);
  expect(running.emitted).toEqual([
    {
      type: 'notice',
      atMs: expect.any(Number),
      level: 'info',
      message: "Functions run on this machine's Node.js 24, whatever runtime they declare: old (nodejs16.x).",
    },
  ]);
});

describe('a wrapper among the code of a function', () => {
  test('is started with the command of the runtime, and can change it and its environment', async () => {
    const folder = codeFolder({
      'wrap.sh': '#!/bin/sh\nexport FROM_WRAPPER=yes\nexec "$@"\n',
      'index.js': `exports.handler = async () => ({ wrapped: process.env.FROM_WRAPPER });`,
    });
    chmodSync(path.join(folder, 'wrap.sh'), 0o755);
    const environment = { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/wrap.sh' };
    await using running = await startLambda([functionModel({ codeDirectory: folder, environment })]);
    expect((await invokeJson(running.lambda, 'worker', {})).payload).toEqual({ wrapped: 'yes' });
  });

  test('that is not there ends the function, as on AWS, and its log says so', async () => {
    const environment = { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/missing.sh' };
    const codeDirectory = codeFolder({ 'index.js': 'exports.handler = async () => 1;' });
    await using running = await startLambda([functionModel({ codeDirectory, environment })]);
    const { payload } = await invokeJson(running.lambda, 'worker', {});
    expect(payload).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(running.logs()).toContainEqual(expect.stringMatching(/missing\.sh ENOENT/));
  });
});
