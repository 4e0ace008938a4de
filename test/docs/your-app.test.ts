import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readAssembly } from 'local-aws';
import { consumer, functionWith, RunningCommand, writeAssembly } from 'local-aws/testing';
import { projectRoot, TemporaryFolder } from '../../tools/run/synthesize.ts';

const page = readFileSync(join(projectRoot, 'docs/your-app.md'), 'utf8');

/** What the page calls `/tmp`. */
let temporary: TemporaryFolder;

beforeAll(() => {
  temporary = new TemporaryFolder();
});

afterAll(() => temporary[Symbol.dispose]());

/** The lines of the blocks that a reader types, block by block. */
function typedBlocks(): string[][] {
  return [...page.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, text = '']) =>
    text.trimEnd().replaceAll('/tmp', temporary.path).split('\n'),
  );
}

const environment = { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true', INIT_CWD: undefined };

/** Runs lines one after the other, from one folder on. @returns the folder in the end */
function type(lines: readonly string[], start: string): string {
  let cwd = start;
  for (const line of lines) {
    const [, install] = /^npm install --save-dev (.*)$/.exec(line) ?? [];
    if (line.startsWith('cd ')) cwd = resolve(cwd, line.slice('cd '.length));
    else if (install !== undefined) installOffline(install.split(' '), cwd);
    else execFileSync('bash', ['-c', line], { cwd, env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  }
  return cwd;
}

/** What npm would fetch is linked to what this checkout has. An archive is unpacked, as npm does it. */
function installOffline(packages: readonly string[], folder: string): void {
  const [modules, own] = [join(folder, 'node_modules'), join(projectRoot, 'node_modules')];
  mkdirSync(join(modules, '.bin'), { recursive: true });
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  const link = (name: string) => {
    rmSync(join(modules, name), { force: true });
    symlinkSync(join(own, name), join(modules, name));
  };
  for (const name of packages) {
    // A name that this checkout does not have would be a mistake of the page.
    if (!name.endsWith('.tgz')) readFileSync(join(own, name, 'package.json'));
    if (!name.endsWith('.tgz')) continue;
    execFileSync('tar', ['-xzf', name, '-C', modules]);
    renameSync(join(modules, 'package'), join(modules, 'local-aws'));
    symlinkSync('../local-aws/bin/local-aws', join(modules, '.bin/local-aws'));
  }
  for (const name of readdirSync(own)) if (!name.startsWith('.') && name !== 'local-aws') link(name);
  for (const name of readdirSync(join(own, '.bin'))) if (name !== 'local-aws') link(`.bin/${name}`);
}

/** The first function of the lecture's app, called as the page does it, or by the SDK where there is no AWS CLI. */
async function generate(lines: readonly string[], cwd: string, variables: NodeJS.ProcessEnv): Promise<void> {
  const env = { ...environment, ...variables };
  if (spawnSync('aws', ['--version']).status === 0) {
    execFileSync('bash', ['-ec', lines.join('\n')], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    return;
  }
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const [endpoint, region] = [variables['AWS_ENDPOINT_URL'] ?? '', variables['AWS_REGION'] ?? ''];
  const lambda = new LambdaClient({ endpoint, region, credentials });
  const [, FunctionName] = /function {2}(\S+GenerateOrders\S+)/.exec(page) ?? [];
  await lambda.send(new InvokeCommand({ FunctionName }));
  lambda.destroy();
}

test('the page leads from a checkout to the lecture’s app running in a folder of its own', async () => {
  const [pack = [], create = [], serve = [], invoke = []] = typedBlocks();
  const folder = type([...pack, ...create], projectRoot);
  const [synthesize = '', start = ''] = serve;
  type([synthesize], folder);

  await using command = new RunningCommand(`${start} --port 0`.split(' '), { directory: folder, env: environment });
  await command.until(/^Ctrl-C stops it\.$/m);
  const exported = [...command.output.matchAll(/^ {2}export (.*)$/gm)].flatMap(([, text = '']) => text.split(' '));
  await generate(invoke, folder, Object.fromEntries(exported.map((one) => one.split('='))) as NodeJS.ProcessEnv);
  await command.until(/process-orders .*Bad Order .*UserX/);
  await command.until(/orders: 10 of a batch of 10 stay, hidden for \d+ s: the function failed/);
  process.kill(-(command.process.pid ?? 0), 'SIGINT');
  await command.exited;
  expect(command.output).toMatch(/^Stopping …$/m);
});

test('the page shows what the start says of an app that asks for more', () => {
  const Report = functionWith({ Runtime: 'python3.13' });
  const Resources = { Role: consumer.Role, Uploads: { Type: 'AWS::S3::Bucket' }, Report };
  const assembly = writeAssembly({ Shop: { template: { Resources } } });
  const shown = page.slice(page.indexOf('2 problems'), page.indexOf('\n```', page.indexOf('2 problems')));
  try {
    expect(() => readAssembly(assembly, { endpointUrl: 'http://127.0.0.1:4566' })).toThrow(
      expect.objectContaining({ message: shown }),
    );
  } finally {
    rmSync(assembly, { recursive: true });
  }
});
