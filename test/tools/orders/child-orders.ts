import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { OrdersRun } from './collected-io.ts';

const command = fileURLToPath(new URL('../../../bin/orders', import.meta.url));

export interface ChildSurroundings {
  /** The whole environment, but for PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Gets what is on stderr so far, and may send a signal. */
  readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** Closes the pipe of stdout when something has come, as `head -1` does. */
  readonly readsOnce?: boolean;
}

/** Runs `orders …` as a process of its own, as a person does. A signal's exit code is that of the process. */
export async function child(args: readonly string[], surroundings: ChildSurroundings = {}): Promise<OrdersRun> {
  const { env = {}, cwd, onStderr, readsOnce } = surroundings;
  const running = spawn(command, args, {
    env: { PATH: process.env['PATH'], ...env },
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  running.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (readsOnce === true) running.stdout.destroy();
  });
  running.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onStderr?.(stderr, (signal) => running.kill(signal));
  });
  const exitCode = await new Promise<number | null>((resolve) => running.once('close', resolve));
  return { exitCode: exitCode ?? -1, stdout, stderr };
}
