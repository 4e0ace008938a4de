import { expect, test } from '@jest/globals';
import { runLocalAws } from '../../src/command/local-aws.ts';

/** What the command answers without serving anything. */
async function run(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof said) => {
    const write = (text: string) => {
      said[name] += text;
      return true;
    };
    return { write, columns: 100 } as unknown as NodeJS.WriteStream;
  };
  const io = { stdout: stream('stdout'), stderr: stream('stderr'), signal: AbortSignal.abort() };
  return { exitCode: await runLocalAws(args, io), ...said };
}

test('--help names every option, its default and the exit codes', async () => {
  const { exitCode, stdout, stderr } = await run('--help');
  expect([exitCode, stderr]).toEqual([0, '']);
  for (const option of [
    'assembly <dir>',
    'stack <name...>',
    'skip <name...>',
    'parameter <name=value...>',
    'export <name=value...>',
    'queue <name...>',
    'port <n>',
    'iam <mode>',
    'shuffle <seed>',
    'no-queue-waits',
    'no-watch',
    'quiet',
    'version',
  ]) {
    expect(stdout).toContain(`--${option}`);
  }
  expect(stdout).toContain('default: "cdk.out"');
  expect(stdout).toContain('Exit code: 0 stopped, 1 the assembly cannot run here, 2 a mistake in the command line');
});

test('--version is that of the package', async () => {
  expect(await run('--version')).toEqual({ exitCode: 0, stdout: '0.1.0\n', stderr: '' });
});

test.each([
  [['--port', '65536'], "'65536' is invalid. It must be a whole number from 0 to 65,535."],
  [['--port', '-1'], 'It must be a whole number from 0 to 65,535.'],
  [['--shuffle', 'x'], 'It must be a whole number from 0 to 2,147,483,647.'],
  [['--parameter', 'size'], 'It must be NAME=VALUE.'],
  [['--iam', 'on'], 'Allowed choices are enforce, audit, off.'],
  [['--assembly'], "option '--assembly <dir>' argument missing"],
  [['--chaos', '1'], "unknown option '--chaos'"],
  [['cdk.out'], 'too many arguments. Expected 0 arguments but got 1.'],
])('%j is a mistake in one line, with exit code 2', async (args, message) => {
  const { exitCode, stdout, stderr } = await run(...args);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('a folder without an assembly is one message with a remedy, and exit code 1', async () => {
  const { exitCode, stdout, stderr } = await run('--assembly', '/nowhere', '--port', '0');
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^ASSEMBLY_NOT_FOUND: .*Name the folder that "cdk synth" wrote.*\n$/);
});
