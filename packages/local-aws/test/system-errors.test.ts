import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { systemError, systemRemedyIn } from '../src/system-errors.ts';
import { RunningCommand } from '../src/testing/running-command.ts';

/** An error as Node makes it of what the operating system refuses. */
const refused = (code: string, syscall: string) =>
  Object.assign(new Error(`${code}: no, ${syscall}`), { code, syscall });

describe('what the operating system refuses is an error with a remedy', () => {
  test.each([
    ['EMFILE', 'open', 'TOO_MANY_OPEN_FILES', 'ulimit -n'],
    ['EMFILE', 'spawn /usr/bin/node', 'TOO_MANY_OPEN_FILES', 'ulimit -n'],
    ['ENFILE', 'connect', 'TOO_MANY_OPEN_FILES', 'ulimit -n'],
    ['EMFILE', 'watch', 'TOO_MANY_WATCHES', '--no-watch'],
    ['ENOSPC', 'watch', 'TOO_MANY_WATCHES', '--no-watch'],
    ['ENOSPC', 'write', 'DISK_FULL', 'TMPDIR'],
    ['EDQUOT', 'write', 'DISK_FULL', 'TMPDIR'],
    ['ENOENT', 'mkdtemp', 'NO_TEMPORARY_FOLDER', 'TMPDIR'],
    ['EACCES', 'mkdtemp', 'NO_TEMPORARY_FOLDER', 'TMPDIR'],
    ['EADDRNOTAVAIL', 'listen', 'NO_LOOPBACK', 'lo up'],
    ['ENETUNREACH', 'connect', 'NO_LOOPBACK', 'lo up'],
    ['EACCES', 'listen', 'PORT_DENIED', '--port'],
    ['EAGAIN', 'spawn /bin/sh', 'NO_MORE_PROCESSES', 'ulimit -u'],
  ])('%s from %s', (code, syscall, name, remedy) => {
    const error = systemError(refused(code, syscall));
    expect(error).toMatchObject({ code: name, remedy: expect.stringContaining(remedy) });
    expect(error?.message).toContain(`(${code}: no, ${syscall})`);
  });

  test('and what is a mistake of the program stays as it is', () => {
    expect(systemError(refused('ENOENT', 'open'))).toBeUndefined();
    expect(systemError(new TypeError('undefined is not a function'))).toBeUndefined();
    expect(systemError('a text')).toBeUndefined();
  });

  test('also where another program tells it', () => {
    expect(systemRemedyIn('Failed to bundle: Error: ENOSPC: no space left on device, write')).toContain('TMPDIR');
    expect(systemRemedyIn('Error: Cannot find module')).toBeUndefined();
  });
});

const childProcess = fileURLToPath(new URL('../src/services/lambda/child-process.ts', import.meta.url));

/** Opens all the files that it may, and then starts a process of a function. */
const outOfFiles = `
  import { closeSync, openSync } from 'node:fs';
  import { RuntimeChild } from '${childProcess}';
  const files = [];
  try { for (;;) files.push(openSync('/dev/null')); } catch {}
  const guard = { watch() {}, forget() {} };
  const child = new RuntimeChild({
    command: [process.execPath], environment: {}, directory: '/', guard, onFrame() {},
    onLine: (line) => { for (const file of files) closeSync(file); console.log(line); },
  });
  console.log(JSON.stringify(await child.exit));
`;

test('a process of a function that cannot be started for want of files ends its invocation, not the runtime', async () => {
  const words = ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath];
  await using command = new RunningCommand([...words, '--input-type=module', '--eval', outOfFiles]);
  expect(await command.exited).toBe(0);
  expect(command.output).toMatch(/^TOO_MANY_OPEN_FILES: .*EMFILE.*ulimit -n/m);
  expect(command.output).toContain('{"code":127,"signal":null,"outOfMemory":false}');
});
