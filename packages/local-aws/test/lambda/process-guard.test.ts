import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { eventually } from '../../src/testing/eventually.ts';
import { isAlive } from './function-fixture.ts';

const runner = fileURLToPath(new URL('./orphan-runner.ts', import.meta.url));

test('nothing is left when the runner is killed with -9 while a function blocks', async () => {
  const temporary = mkdtempSync(path.join(tmpdir(), 'orphan-'));
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, [runner], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const [, pids = ''] = /pids (.+)$/.exec(line) ?? [];
  const processes = pids.split(' ').map(Number);
  expect(processes.map(isAlive)).toEqual([true, true]);

  child.kill('SIGKILL');
  await once(child, 'exit');
  // The guard works after the runner's death, so that nobody can tell when it is done.
  const alive = await eventually(
    () => processes.map(isAlive),
    (all) => !all.includes(true),
  );
  expect(alive).toEqual([false, false]);
  rmSync(temporary, { recursive: true });
});
