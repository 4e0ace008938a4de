import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

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

/** Those of `pids` that still run, some seconds later at most: what a guard kills dies after its runner. */
export async function survivors(pids: readonly number[]): Promise<number[]> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const running = pids.filter((pid) => isRunning(pid));
    if (running.length === 0) return [];
    await delay(50);
  }
  return pids.filter((pid) => isRunning(pid));
}

/** A zombie counts as gone: it only waits for the system to take note. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}
