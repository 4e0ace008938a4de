import { rmSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, processTree, queueWith, survivors, writeAssembly } from 'local-aws/testing';
import { Command } from './serve/served.ts';

/** Temporary files that stay: what a guard removes goes after its runner, so that the end may come late. */
function leftFiles(command: Command): Promise<string[]> {
  return eventually(
    // All but npm's own.
    () => command.temporaryFiles().filter((name) => name !== 'node-compile-cache'),
    (files) => files.length === 0,
  );
}

describe('npm run local', () => {
  let assembly: string;

  beforeAll(() => {
    assembly = writeAssembly({ Shop: { template: { Resources: { Orders: queueWith({}) } } } });
  });

  afterAll(() => rmSync(assembly, { recursive: true }));

  const serve = (...words: string[]) => new Command([...words, '--assembly', assembly, '--port', '0']);

  test('ends on Ctrl-C with exit code 130', async () => {
    await using command = serve('node', 'bin/local.ts');
    await serving(command);
    command.process.kill('SIGINT');
    expect(await command.exited).toBe(130);
    expect(command.output).toContain('Stopping …');
    expect(await leftFiles(command)).toEqual([]);
  });

  test('ends when nobody reads its output', async () => {
    await using command = serve('node', 'bin/local.ts');
    command.process.stdout?.destroy();
    expect(await command.exited).toBe(141);
    expect(command.output).not.toContain('Stopped before the end.');
    expect(await leftFiles(command)).toEqual([]);
  });

  test('started by npm ends when npm is killed with -9', async () => {
    await using command = serve('npm', 'run', '--silent', 'local', '--');
    const tree = await serving(command);
    command.process.kill('SIGKILL');
    expect(await command.exited).toBeNull();
    expect(await survivors(tree)).toEqual([]);
    expect(await leftFiles(command)).toEqual([]);
    // The runner outlives npm by a moment, so its last word may still be in the pipe: read that to its end.
    await finished(command.process.stdout!);
    expect(command.output).toContain('Stopping …');
  });

  test('started by npm ends on a terminal’s Ctrl-C, which reaches all of them', async () => {
    await using command = serve('npm', 'run', '--silent', 'local', '--');
    const tree = await serving(command);
    process.kill(-(command.process.pid ?? 0), 'SIGINT');
    await command.exited;
    expect(await survivors(tree)).toEqual([]);
    expect(command.output).toContain('Stopping …');
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
  const moments: [string, string[], (command: Command) => Promise<number[]>, RegExp][] = [
    ['while it synthesizes', [], synthesizing, /^Stopped before the end\.$/m],
    [
      'while orders are processed',
      ['--count', '49', '--preset', 'lab'],
      async (command) => {
        await command.until(/Good Order/);
        return processTree(command.process.pid ?? 0);
      },
      /^Stopped before the end: \d+ of \d+ orders had ended \(processed \d+ \+ failed \d+\), \d+ were in flight\.$/m,
    ],
  ];

  test.each(moments)(
    'interrupted %s says what it had, and leaves nothing behind',
    async (_when, args, reached, said) => {
      await using command = start(...args);
      const tree = await reached(command);
      command.process.kill('SIGINT');
      expect(await command.exited).toBe(130);
      expect(command.output).toMatch(said);
      expect(await survivors(tree)).toEqual([]);
      expect(command.temporaryFiles()).toEqual([]);
    },
  );

  test.each(moments)('killed with -9 %s leaves no process and no temporary folder', async (_when, args, reached) => {
    await using command = start(...args);
    const tree = await reached(command);
    command.process.kill('SIGKILL');
    await command.exited;
    expect(await survivors(tree)).toEqual([]);
    expect(await leftFiles(command)).toEqual([]);
  });
});

async function serving(command: Command) {
  await command.until(/^ready /m);
  return processTree(command.process.pid ?? 0);
}
