import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../src/testing/eventually.ts';
import { codeFolder, functionModel, invokeJson, removeFolders, startLambda } from './function-fixture.ts';

afterAll(removeFolders);

/** A project whose cdk.out holds one asset. */
function assetOf(files: Readonly<Record<string, string>>, project: Readonly<Record<string, string>>): string {
  const assets = Object.entries(files).map(([name, text]) => [`cdk.out/asset.a/${name}`, text] as const);
  return path.join(codeFolder({ ...project, ...Object.fromEntries(assets) }), 'cdk.out/asset.a');
}

async function answerOf(codeDirectory: string, settings: Parameters<typeof functionModel>[0] = {}) {
  await using running = await startLambda([functionModel({ codeDirectory, ...settings })]);
  return (await invokeJson(running.lambda, 'worker', {})).payload;
}

describe('as on Lambda, where nothing lies above /var/task', () => {
  test('index.js is CommonJS though the package.json of its project says "module"', async () => {
    const files = {
      'index.js': "exports.handler = async () => require('./part.js');",
      'part.js': 'module.exports = 7;',
    };
    const asset = assetOf(files, { 'package.json': '{"type":"module"}' });
    expect(await answerOf(asset)).toBe(7);
    expect(await answerOf(asset, { runtime: 'nodejs16.x' })).toBe(7);
  });

  test('a package that the project has installed and the function did not bundle is missing', async () => {
    const files = { 'index.js': "require('dependency'); exports.handler = async () => 1;" };
    const asset = assetOf(files, { 'node_modules/dependency/index.js': '' });
    expect(await answerOf(asset)).toMatchObject({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringContaining("Cannot find module 'dependency'"),
    });
  });

  test.each([
    ['index.js', "const { name } = require('@aws-sdk/x');"],
    ['index.mjs', "import sdk from '@aws-sdk/x'; const exports = {}; const { name } = sdk; export { handler };"],
  ])('the AWS SDK comes with the runtime: %s finds the project’s', async (file, head) => {
    const text = `${head} const handler = async () => name; exports.handler = handler;`;
    const asset = assetOf({ [file]: text }, { 'node_modules/@aws-sdk/x/index.js': "exports.name = 'of the project';" });
    expect(await answerOf(asset)).toBe('of the project');
  });

  test('version 3 of the AWS SDK comes with nodejs18.x and later only', async () => {
    const asset = codeFolder({ 'index.js': "exports.handler = async () => typeof require('@aws-sdk/client-sqs');" });
    expect(await answerOf(asset)).toBe('object');
    expect(await answerOf(asset, { runtime: 'nodejs16.x' })).toMatchObject({ errorType: 'Error' });
  });

  test('a path from the task root can be required', async () => {
    const files = {
      'a/index.js': "exports.handler = async () => require('b/part');",
      'b/part.js': 'module.exports = 8;',
    };
    expect(await answerOf(codeFolder(files), { handler: 'a/index.handler' })).toBe(8);
  });

  test('before nodejs24.x an index.js with the syntax of an ES module is an error', async () => {
    const asset = codeFolder({ 'index.js': 'export const handler = async () => 1;' });
    expect(await answerOf(asset)).toBe(1);
    expect(await answerOf(asset, { runtime: 'nodejs22.x' })).toMatchObject({
      errorType: 'Runtime.UserCodeSyntaxError',
    });
    const environment = { NODE_OPTIONS: '--experimental-require-module --experimental-detect-module' };
    expect(await answerOf(asset, { runtime: 'nodejs22.x', environment })).toBe(1);
  });
});

describe('the copy of a function’s code', () => {
  test('runs on when its assembly is removed, and stays when the next one holds the same code', async () => {
    const text = 'let count = 0; exports.handler = async () => (count += 1);';
    const first = codeFolder({ 'index.js': text });
    await using running = await startLambda([functionModel({ codeDirectory: first })]);
    await running.lambda.invoke('worker', '{}');
    rmSync(first, { recursive: true });
    await running.lambda.update([functionModel({ codeDirectory: codeFolder({ 'index.js': text }) })]);
    expect((await invokeJson(running.lambda, 'worker', {})).payload).toBe(2);
  });

  test('goes with the last process of its version, and everything with the service', async () => {
    const codeDirectory = codeFolder({ 'index.js': 'exports.handler = async () => process.cwd();' });
    const fn = functionModel({ codeDirectory });
    const running = await startLambda([fn]);
    const taskRoot = async () => JSON.parse((await running.lambda.invoke('worker', '{}')).payload) as string;
    const old = await taskRoot();
    writeFileSync(path.join(codeDirectory, 'other.js'), '');
    await running.lambda.update([fn]);
    const current = await taskRoot();
    await running.lambda.update([]);
    const all = path.resolve(current, '../..');
    expect(path.dirname(path.dirname(old))).toBe(all);
    const left = await eventually(
      () => readdirSync(all),
      (names) => names.length === 0,
    );
    expect(left).toEqual([]);
    await running.lambda.close();
    expect(existsSync(all)).toBe(false);
  });
});
