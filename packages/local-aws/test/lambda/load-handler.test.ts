import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FunctionModel } from '../../src/services/lambda/model.ts';
import {
  codeFolder,
  functionModel,
  invokeJson,
  removeFolders,
  type RunningLambda,
  startLambda,
} from './function-fixture.ts';

const files = {
  'commonjs.js':
    'exports.handler = async () => "commonjs"; exports.deep = { inner: { handler: async () => "nested" } };',
  'folder/inner.cjs': 'exports.handler = async () => "cjs";',
  'esm.mjs': 'const value = await Promise.resolve("mjs"); export const handler = async () => value;',
  'module/package.json': '{"type":"module"}',
  'module/index.js': 'import { readFileSync } from "node:fs"; export const handler = async () => typeof readFileSync;',
  'broken.js': 'exports.handler = async () => {',
  'missing-import.js': 'require("not-there");',
  'missing-import-esm.mjs': 'import "not-there-either"; export const handler = async () => 1;',
  'throws.js': 'console.log("before"); throw new RangeError("at load");',
  'exits.js': 'process.exit(4);',
  'value.js': 'exports.handler = 42;',
  'callback.js': `exports.handler = (event, context, callback) => {
    if (event.wait === false) context.callbackWaitsForEmptyEventLoop = false;
    setTimeout(() => {}, event.busyMs);
    callback(event.fail ? new Error('called back') : null, 'called back');
  };`,
  'sync.js': `exports.handler = (event, context) => { if (event.how) context[event.how](event.value); return 'ignored'; };`,
};

let running: RunningLambda;
let folder: string;

function fn(name: string, handler: string, settings: Partial<FunctionModel> = {}): FunctionModel {
  return functionModel({ name, handler, codeDirectory: folder, ...settings });
}

const answer = async (name: string, event: unknown = {}) => (await invokeJson(running.lambda, name, event)).payload;

beforeAll(async () => {
  folder = codeFolder(files);
  running = await startLambda([
    fn('commonjs', 'commonjs.handler'),
    fn('nested', 'commonjs.deep.inner.handler'),
    fn('cjs', 'folder/inner.handler'),
    fn('mjs', 'esm.handler'),
    fn('module', 'module/index.handler', { environment: { NODE_OPTIONS: '--enable-source-maps' } }),
    fn('broken', 'broken.handler'),
    fn('absent', 'absent.handler'),
    fn('missing-import', 'missing-import.handler'),
    fn('missing-import-esm', 'missing-import-esm.handler'),
    fn('missing-export', 'commonjs.other'),
    fn('value', 'value.handler'),
    fn('throws', 'throws.handler'),
    fn('exits', 'exits.handler'),
    fn('callback24', 'callback.handler'),
    fn('callback16', 'callback.handler', { runtime: 'nodejs16.x' }),
    fn('sync16', 'sync.handler', { runtime: 'nodejs16.x' }),
    fn('sync24', 'sync.handler'),
    fn('dots', '../index.handler'),
  ]);
});

afterAll(async () => {
  await running.lambda.close();
  removeFolders();
});

describe('a handler is found', () => {
  test.each([
    ['commonjs', 'commonjs'],
    ['nested', 'nested'],
    ['cjs', 'cjs'],
    ['mjs', 'mjs'],
    ['module', 'function'],
  ])('as %s', async (name, expected) => {
    expect(await answer(name)).toBe(expected);
  });
});

describe('an initialisation that fails', () => {
  test.each([
    ['broken', 'Runtime.UserCodeSyntaxError', 'SyntaxError: '],
    ['absent', 'Runtime.ImportModuleError', "Error: Cannot find module 'absent'"],
    ['missing-import', 'Runtime.ImportModuleError', "Error: Cannot find module 'not-there'"],
    ['missing-import-esm', 'Error', "Cannot find package 'not-there-either' imported from"],
    ['missing-export', 'Runtime.HandlerNotFound', 'commonjs.other is undefined or not exported'],
    ['value', 'Runtime.HandlerNotFound', 'value.handler is not a function'],
    ['throws', 'RangeError', 'at load'],
    ['dots', 'Runtime.MalformedHandlerName', "'../index.handler' is not a valid handler name."],
    ['callback24', 'Runtime.CallbackHandlerDeprecated', 'ERROR: AWS Lambda has removed support for callback-based'],
  ])('for %s answers %s', async (name, errorType, message) => {
    expect(await answer(name)).toMatchObject({
      errorType,
      errorMessage: expect.stringContaining(message),
      trace: expect.any(Array),
    });
  });

  test('is tried once more with the invocation, as the log shows', async () => {
    running.emitted.length = 0;
    const { result } = await invokeJson(running.lambda, 'throws', {});
    expect(result).toMatchObject({ functionError: 'Unhandled', errorType: 'RangeError', outcome: 'error' });
    // The environment of the test above is used again: this one knows only the initialisation within the invocation.
    expect(running.logs().map((line) => line.replaceAll(/\d+\.\d\d ms/g, 'N ms').split('\n')[0])).toEqual([
      expect.stringContaining('INIT_START Runtime Version: nodejs:24'),
      expect.stringContaining('\tINFO\tbefore'),
      expect.stringContaining('\tundefined\tERROR\tInit Error \t{"errorType":"RangeError","errorMessage":"at load"'),
      'INIT_REPORT Init Duration: N ms\tPhase: invoke\tStatus: error\tError Type: RangeError',
      expect.stringContaining('START RequestId: '),
      expect.stringContaining('END RequestId: '),
      expect.stringMatching(/Status: error\tError Type: RangeError\t$/),
    ]);
  });

  test('by an exit is Runtime.ExitError, both phases in the log', async () => {
    running.emitted.length = 0;
    const { result, payload } = await invokeJson(running.lambda, 'exits', {});
    expect(payload).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${result.requestId} Error: Runtime exited with error: exit status 4`,
    });
    const reports = running.logs().filter((line) => line.startsWith('INIT_REPORT'));
    expect(reports.map((line) => line.split('\t')[1])).toEqual(['Phase: init', 'Phase: invoke']);
  });
});

describe('before nodejs24.x', () => {
  test('a callback’s result waits for an empty event loop, unless told not to', async () => {
    const { result, payload } = await invokeJson(running.lambda, 'callback16', { busyMs: 50 });
    expect(payload).toBe('called back');
    expect(result.durationMs).toBeGreaterThan(40);
    expect(await answer('callback16', { fail: true, busyMs: 0 })).toMatchObject({
      errorType: 'Error',
      errorMessage: 'called back',
    });
    // Waiting, the function would meet its timeout.
    expect(await answer('callback16', { wait: false, busyMs: 1_000_000 })).toBe('called back');
  });

  test('context.succeed, fail and done answer, and a plain return value does not', async () => {
    expect(await answer('sync16', { how: 'succeed', value: 'yes' })).toBe('yes');
    expect(await answer('sync16', { how: 'fail', value: 'no' })).toMatchObject({ errorMessage: 'no' });
    expect(await answer('sync16', { how: 'done', value: null })).toBeNull();
    expect(await answer('sync16')).toBeNull();
  });
});

test('from nodejs24.x on a handler that is not async answers with what it returns', async () => {
  expect(await answer('sync24')).toBe('ignored');
});
