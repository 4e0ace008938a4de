import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Command } from '../run/serve/served.ts';

/** A command that takes no notice of being interrupted. */
const stubborn = `
  import { listenForInterrupt } from './tools/orders/interrupt.ts';
  const { signal } = listenForInterrupt();
  signal.addEventListener('abort', () => console.log('aborted'));
  setInterval(() => {}, 1000);
  console.log('listening');
`;

test('a second Ctrl-C, of someone who has waited, ends the process at once', async () => {
  await using command = new Command(['node', '--input-type=module', '--eval', stubborn]);
  await command.until(/listening/);
  command.process.kill('SIGINT');
  await command.until(/aborted/);
  // A person's second thought comes later than the copy of the signal that npm passes on.
  await delay(1100);
  command.process.kill('SIGINT');
  expect(await command.exited).toBe(130);
});

/** Every write to it fails, as on a full disk. Linux only. */
const fullDisk = '/dev/full';

test('output that the disk has no room for is an error, with the remedy', async () => {
  const commands = ['bin/orders.ts', 'bin/start.ts', 'packages/local-aws/src/command/main.ts'];
  for (const command of existsSync(fullDisk) ? commands : []) {
    await using full = new Command(['sh', '-c', `exec "$0" ${command} --help > ${fullDisk}`, process.execPath]);
    expect(await full.exited).toBe(1);
    expect(full.output).toMatch(/ENOSPC.*Make room/);
    expect(full.output).not.toMatch(/^ +at /m);
  }
});

test('a temporary folder that is not there is told, with the remedy', async () => {
  for (const command of ['bin/start.ts', 'bin/local.ts']) {
    await using lost = new Command(['sh', '-c', `TMPDIR=/nowhere exec "$0" ${command}`, process.execPath]);
    expect(await lost.exited).toBe(1);
    expect(lost.output).toMatch(/^NO_TEMPORARY_FOLDER: .* Set TMPDIR to a folder/m);
    expect(lost.output).not.toMatch(/^ +at /m);
  }
});
