import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { TemporaryFolder } from '../src/processes.ts';
import { eventually, patienceMs } from '../src/testing/eventually.ts';

const moduleUrl = new URL('../src/processes.ts', import.meta.url).href;
const program = `
  const { TemporaryFolder } = await import(${JSON.stringify(moduleUrl)});
  console.log(new TemporaryFolder('mine-').path);
  setInterval(() => {}, 1000);`;

let base: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'base-'));
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

function childrenOf(parent: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const processes = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return processes.flatMap(([pid, ppid]) => (ppid === parent ? [pid!] : []));
}

describe('a temporary folder', () => {
  test('is for its user alone, under a name that nobody foresees', () => {
    using one = new TemporaryFolder('mine-');
    using other = new TemporaryFolder('mine-');
    expect(lstatSync(one.path).mode & 0o777).toBe(0o700);
    expect(one.path).not.toBe(other.path);
  });

  test('is gone with its scope', () => {
    let path: string;
    {
      using folder = new TemporaryFolder('mine-');
      ({ path } = folder);
    }
    expect(existsSync(path)).toBe(false);
  });

  test('that is gone holds up nobody whose process ends, however long its guard takes', async () => {
    const disposing = `
      const { TemporaryFolder } = await import(${JSON.stringify(moduleUrl)});
      const folder = new TemporaryFolder('mine-');
      console.log(folder.path);
      process.stdin.resume().once('end', () => folder[Symbol.dispose]());`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', disposing], {
      stdio: ['pipe', 'pipe', 'inherit'],
      timeout: patienceMs,
      killSignal: 'SIGKILL',
    });
    const ended = once(child, 'exit');
    const [path] = (await once(createInterface(child.stdout), 'line')) as [string];
    const [guard] = childrenOf(child.pid!);
    process.kill(guard!, 'SIGSTOP');
    try {
      child.stdin.end();
      expect(await ended).toEqual([0, null]);
      expect(existsSync(path)).toBe(false);
    } finally {
      process.kill(guard!, 'SIGCONT');
      child.kill('SIGKILL');
    }
  });

  test.each(['plain', 'with space ', `it's "$(touch x)" \`id\` *`, '-rf'])(
    'below %j is gone after a kill -9, and nothing else is',
    async (name) => {
      const temporary = join(base, name);
      const kept = join(base, 'kept');
      for (const folder of [temporary, kept]) mkdirSync(folder);
      writeFileSync(join(kept, 'file'), '');
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        env: { ...process.env, TMPDIR: temporary },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [path] = (await once(createInterface(child.stdout), 'line')) as [string];
      symlinkSync(kept, join(path, 'link'));
      expect(lstatSync(path).isDirectory()).toBe(true);
      child.kill('SIGKILL');
      const exists = await eventually(
        () => existsSync(path),
        (does) => !does,
      );
      expect(exists).toBe(false);
      expect(readdirSync(kept)).toEqual(['file']);
      expect(readdirSync(base).toSorted()).toEqual([name, 'kept'].toSorted());
    },
  );
});
