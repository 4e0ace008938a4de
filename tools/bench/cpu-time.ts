import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second (proc(5), USER_HZ). */
const ticksPerSecond = 100;

/** Processor time that a process and all below it have used so far, in seconds, to the hundredth. */
export function cpuSecondsOfTree(rootPid: number): number {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,time='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, time = '']) => ({ pid: Number(pid), parent: Number(parent), time }));
  const tree = new Set([rootPid]);
  // Children stand behind their parents until process ids begin anew: on until nothing is added.
  for (let size = 0; size < tree.size;) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  const ofTree = processes.filter(({ pid }) => tree.has(pid));
  return ofTree.reduce((sum, { pid, time }) => sum + (secondsFromProc(pid) ?? secondsFromPs(time)), 0);
}

/** Linux only, where ps would round to seconds; undefined elsewhere and for a process that has just ended. */
function secondsFromProc(pid: number): number | undefined {
  try {
    const [, afterName = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const fields = afterName.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return undefined;
  }
}

/** On macOS `minutes:seconds.hundredths`; elsewhere hours and days may stand before it. */
function secondsFromPs(time: string): number {
  const [clock = '', days = '0'] = time.split('-').toReversed();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}
