import { spawnSync } from 'node:child_process';
import { eventually } from './eventually.ts';

/** All processes below `pid`, itself first. Detached ones count: only orphans lose their parent. */
export function processTree(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  const children = Map.groupBy(
    stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , stat]) => stat !== undefined && !stat.startsWith('Z')),
    ([, parent]) => Number(parent),
  );
  const below = (parent: number): number[] => [
    parent,
    ...(children.get(parent) ?? []).flatMap(([child]) => below(Number(child))),
  ];
  return below(pid);
}

/** Those of `pids` that go on running: what a guard kills dies after its runner, so that the end may come late. */
export function survivors(pids: readonly number[]): Promise<number[]> {
  return eventually(
    () => pids.filter((pid) => isRunning(pid)),
    (running) => running.length === 0,
  );
}

/** A zombie counts as gone: it only waits for the system to take note. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}
