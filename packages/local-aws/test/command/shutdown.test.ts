import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../src/testing/eventually.ts';
import { processTree, survivors } from '../../src/testing/process-tree.ts';
import { RunningCommand } from '../../src/testing/running-command.ts';
import { consumer, functionWith, mappingWith, queueWith, writeAssembly } from '../../src/testing/written-assembly.ts';
import { main, packageRoot } from './other-app.ts';

let assembly: string;
/** A folder of somebody whose npm script starts the command. */
let starter: string;

/** A function that never ends, one that ends at once, and one that a queue could feed. */
beforeAll(() => {
  const code = { ZipFile: "exports.handler = async () => { console.log('looping'); for (;;) {} };" };
  const Grant = {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: 'consume',
      Roles: [{ Ref: 'Role' }],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }] },
    },
  };
  const Resources = {
    ...consumer,
    Grant,
    Orders: queueWith({}),
    Mapping: mappingWith({}),
    Loop: functionWith({ FunctionName: 'loop', Code: code, Timeout: 900 }),
    Quick: functionWith({ FunctionName: 'quick' }),
  };
  assembly = writeAssembly({ Shop: { template: { Resources } } });
  starter = mkdtempSync(join(tmpdir(), 'starter-'));
  const serve = join(packageRoot, 'bin/local-aws');
  writeFileSync(join(starter, 'package.json'), JSON.stringify({ scripts: { serve: `exec '${serve}'` } }));
});

afterAll(() => {
  for (const folder of [assembly, starter]) rmSync(folder, { recursive: true });
});

/** A served assembly with an endless function running; `tree` is every process of it. */
interface Looping extends AsyncDisposable {
  readonly command: RunningCommand;
  readonly url: string;
  readonly tree: readonly number[];
}

async function looping(...words: string[]): Promise<Looping> {
  const command = new RunningCommand([...words, '--assembly', assembly, '--port', '0'], { directory: starter });
  const [, url = ''] = await command.until(/^ready (\S+)/m);
  await invoke(url, 'loop');
  await command.until(/looping/);
  const tree = processTree(command.process.pid ?? 0);
  return { command, url, tree, [Symbol.asyncDispose]: () => command[Symbol.asyncDispose]() };
}

async function invoke(url: string, functionName: string): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const lambda = new LambdaClient({ endpoint: url, region: 'us-east-1', credentials });
  await lambda.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event' }));
  lambda.destroy();
}

async function expectNothingLeft({ command, url, tree }: Looping): Promise<void> {
  expect(await survivors(tree)).toEqual([]);
  await expectFree(Number(new URL(url).port));
  expect(await leftFiles(command)).toEqual([]);
}

/** Temporary files that stay: what a guard removes goes after its runner, so that the end may come late. */
function leftFiles(command: RunningCommand): Promise<string[]> {
  return eventually(
    // All but npm's own.
    () => command.temporaryFiles().filter((name) => name !== 'node-compile-cache'),
    (files) => files.length === 0,
  );
}

/** Rejects when something still listens on the port. */
async function expectFree(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}

describe('local-aws, while a function loops without end', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends on %s with exit code %i and leaves nothing behind', async (signal, exitCode) => {
    await using running = await looping('node', main);
    // The runner, its guard and the function.
    expect(running.tree.length).toBeGreaterThanOrEqual(3);
    running.command.process.kill(signal);
    expect(await running.command.exited).toBe(exitCode);
    expect(running.command.output).toContain('Stopping …');
    await expectNothingLeft(running);
  });

  test('ends once on two signals in a row, as a terminal and npm send them', async () => {
    await using running = await looping('node', main);
    running.command.process.kill('SIGINT');
    running.command.process.kill('SIGINT');
    expect(await running.command.exited).toBe(130);
    await expectNothingLeft(running);
  });

  test('ends when nobody reads its output any more', async () => {
    await using running = await looping('node', main);
    running.command.process.stdout?.destroy();
    await invoke(running.url, 'quick');
    expect(await running.command.exited).toBe(141);
    expect(running.command.output).not.toContain('Stopped before the end.');
    await expectNothingLeft(running);
  });

  test('killed with -9 leaves no process, no port and no temporary folder', async () => {
    await using running = await looping('node', main);
    expect(running.command.temporaryFiles()).toHaveLength(2);
    running.command.process.kill('SIGKILL');
    await running.command.exited;
    await expectNothingLeft(running);
  });

  test('started by npm ends when npm is killed with -9', async () => {
    await using running = await looping('npm', 'run', '--silent', 'serve', '--');
    running.command.process.kill('SIGKILL');
    expect(await running.command.exited).toBeNull();
    await expectNothingLeft(running);
    // The runner outlives npm by a moment, so its last word may still be in the pipe: read that to its end.
    await finished(running.command.process.stdout!);
    expect(running.command.output).toContain('Stopping …');
  });

  test('started by npm ends on a terminal’s Ctrl-C, which reaches all of them', async () => {
    await using running = await looping('npm', 'run', '--silent', 'serve', '--');
    process.kill(-(running.command.process.pid ?? 0), 'SIGINT');
    await running.command.exited;
    await expectNothingLeft(running);
    expect(running.command.output).toContain('Stopping …');
  });
});
