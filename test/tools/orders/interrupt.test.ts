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
