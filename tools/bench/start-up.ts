import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot, TemporaryFolder } from '../run/synthesize.ts';
import { interleaved, median, type Part, roundText } from './report.ts';

const rounds = 5;
const settleMs = 8_000;
const idleMs = 15_000;

/**
 * The commands as a person types them: the time from `npm start` to the first processed order, beside `cdk synth`
 * alone, and how much of a processor `npm run local` uses while nothing happens.
 */
export const startUp: Part = async ({ onProgress, signal }) => {
  using folder = new TemporaryFolder();
  const synthArguments = ['run', '--silent', 'cdk', '--', 'synth', '--quiet', '--output', folder.path];
  const measured = await interleaved(
    rounds,
    {
      synth: () => secondsUntil(npm(synthArguments, signal), undefined, signal),
      start: () => secondsUntil(npm(['start', '--', '--seed', '7'], signal), 'Good Order', signal),
    },
    (kind, round) => onProgress(`${kind}, ${roundText(round, rounds)}`),
  );
  const [synth, start] = [median(measured.synth), median(measured.start)];
  onProgress('npm run local, doing nothing');
  const idle = await idlePercent(signal);
  return [
    {
      id: 'start-up',
      title: 'From npm start to the first processed order, of 1.3 × cdk synth + 1 s',
      value: start,
      unit: 's',
      bound: { atMost: 1.3 * synth + 1 },
      detail: `cdk synth alone takes ${synth.toFixed(2)} s`,
    },
    {
      id: 'idle',
      title: 'Of one processor that npm run local uses while nothing happens',
      value: idle,
      unit: '%',
      bound: { atMost: 2 },
      detail: `over ${idleMs / 1000} s`,
    },
  ];
};

function npm(args: readonly string[], signal: AbortSignal): ChildProcess {
  return spawn('npm', args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'], signal });
}

/**
 * The time until a line has the text, or until the end when there is no text. In both cases the command must end well.
 */
async function secondsUntil(child: ChildProcess, text: string | undefined, signal: AbortSignal): Promise<number> {
  const startedAtMs = performance.now();
  const exit = once(child, 'exit') as Promise<[number | null]>;
  let seconds = Number.NaN;
  const lines = createInterface({ input: child.stdout! });
  lines.on('line', (line) => {
    if (text !== undefined && Number.isNaN(seconds) && line.includes(text)) {
      seconds = (performance.now() - startedAtMs) / 1000;
    }
  });
  const [code] = await exit;
  signal.throwIfAborted();
  if (text === undefined) seconds = (performance.now() - startedAtMs) / 1000;
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}.`);
  if (Number.isNaN(seconds)) throw new Error(`${child.spawnargs.join(' ')} never said "${text}".`);
  return seconds;
}

async function idlePercent(signal: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, ['bin/local.ts', '--port', '0'], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  const exit = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ready ')) break;
    if (child.pid === undefined) throw new Error('npm run local did not start.');
    await sleep(settleMs, undefined, { signal });
    const before = cpuSecondsOfTree(child.pid);
    const startedAtMs = performance.now();
    await sleep(idleMs, undefined, { signal });
    const elapsed = (performance.now() - startedAtMs) / 1000;
    return ((cpuSecondsOfTree(child.pid) - before) / elapsed) * 100;
  } finally {
    child.kill('SIGTERM');
    await exit;
  }
}

/** Linux counts processor time in hundredths of a second (proc(5), USER_HZ). */
const ticksPerSecond = 100;

/** Processor time that a process and all below it have used so far, in seconds, to the hundredth. */
function cpuSecondsOfTree(rootPid: number): number {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,time='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, time = '']) => ({ pid: Number(pid), parent: Number(parent), time }));
  const tree = new Set([rootPid]);
  // A child may stand before its parent after process ids have begun anew, so this repeats until nothing is added.
  for (let size = 0; size < tree.size;) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  const ofTree = processes.filter(({ pid }) => tree.has(pid));
  return ofTree.reduce((sum, { pid, time }) => sum + (secondsFromProc(pid) ?? secondsFromPs(time)), 0);
}

/** Linux only: ps rounds to seconds there. Undefined elsewhere and for a process that has just ended. */
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
