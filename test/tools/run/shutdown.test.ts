import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { finished } from 'node:stream/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { consumer, eventually, functionWith, mappingWith, queueWith, writeAssembly } from 'local-aws/testing';
import { processTree, survivors } from './processes.ts';
import { Command } from './serve/served.ts';

let assembly: string;

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
});

afterAll(() => rmSync(assembly, { recursive: true }));

/** A served assembly with an endless function running; `tree` is every process of it. */
interface Looping extends AsyncDisposable {
  readonly command: Command;
  readonly url: string;
  readonly tree: readonly number[];
}

async function looping(...words: string[]): Promise<Looping> {
  const command = new Command([...words, '--assembly', assembly, '--port', '0']);
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
function leftFiles(command: Command): Promise<string[]> {
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

describe('npm run local, while a function loops without end', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends on %s with exit code %i and leaves nothing behind', async (signal, exitCode) => {
    await using running = await looping('node', 'bin/local.ts');
    // The runner, its guard and the function.
    expect(running.tree.length).toBeGreaterThanOrEqual(3);
    running.command.process.kill(signal);
    expect(await running.command.exited).toBe(exitCode);
    expect(running.command.output).toContain('Stopping …');
    await expectNothingLeft(running);
  });

  test('ends once on two signals in a row, as a terminal and npm send them', async () => {
    await using running = await looping('node', 'bin/local.ts');
    running.command.process.kill('SIGINT');
    running.command.process.kill('SIGINT');
    expect(await running.command.exited).toBe(130);
    await expectNothingLeft(running);
  });

  test('ends when nobody reads its output any more', async () => {
    await using running = await looping('node', 'bin/local.ts');
    running.command.process.stdout?.destroy();
    await invoke(running.url, 'quick');
    expect(await running.command.exited).toBe(141);
    expect(running.command.output).not.toContain('Stopped before the end.');
    await expectNothingLeft(running);
  });

  test('killed with -9 leaves no process, no port and no temporary folder', async () => {
    await using running = await looping('node', 'bin/local.ts');
    expect(running.command.temporaryFiles()).toHaveLength(2);
    running.command.process.kill('SIGKILL');
    await running.command.exited;
    await expectNothingLeft(running);
  });

  test('started by npm ends when npm is killed with -9', async () => {
    await using running = await looping('npm', 'run', '--silent', 'local', '--');
    running.command.process.kill('SIGKILL');
    expect(await running.command.exited).toBeNull();
    await expectNothingLeft(running);
    // The runner outlives npm by a moment, so its last word may still be in the pipe: read that to its end.
    await finished(running.command.process.stdout!);
    expect(running.command.output).toContain('Stopping …');
  });

  test('started by npm ends on a terminal’s Ctrl-C, which reaches all of them', async () => {
    await using running = await looping('npm', 'run', '--silent', 'local', '--');
    process.kill(-(running.command.process.pid ?? 0), 'SIGINT');
    await running.command.exited;
    await expectNothingLeft(running);
    expect(running.command.output).toContain('Stopping …');
  });
});

/** Resolves when the CDK app runs: the runner has processes below it. */
async function synthesizing(command: Command): Promise<number[]> {
  await command.until(/Synthesizing/);
  return eventually(
    () => processTree(command.process.pid ?? 0),
    (tree) => tree.length > 2,
  );
}

const start = (...args: string[]) => new Command(['node', 'bin/start.ts', ...args]);

describe('npm start', () => {
  const moments: [string, string[], (command: Command) => Promise<number[]>][] = [
    ['while it synthesizes', [], synthesizing],
    [
      'while orders are processed',
      ['--count', '49', '--preset', 'lab'],
      async (command) => {
        await command.until(/Good Order/);
        return processTree(command.process.pid ?? 0);
      },
    ],
  ];

  test.each(moments)('interrupted %s ends at once and leaves nothing behind', async (_when, args, reached) => {
    await using command = start(...args);
    const tree = await reached(command);
    command.process.kill('SIGINT');
    expect(await command.exited).toBe(130);
    expect(command.output).toContain('Stopped before the end.');
    expect(await survivors(tree)).toEqual([]);
    expect(command.temporaryFiles()).toEqual([]);
  });

  test.each(moments)('killed with -9 %s leaves no process and no temporary folder', async (_when, args, reached) => {
    await using command = start(...args);
    const tree = await reached(command);
    command.process.kill('SIGKILL');
    await command.exited;
    expect(await survivors(tree)).toEqual([]);
    expect(await leftFiles(command)).toEqual([]);
  });
});
