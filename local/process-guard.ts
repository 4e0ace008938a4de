import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Reads `+pid` and `-pid` from its input and remembers the process groups. At end of file, which comes however the
 * runner dies, it kills those that are left. POSIX sh only: macOS has no /proc and an old bash.
 */
const script = `
trap '' INT TERM HUP QUIT
groups=' '
while read -r line; do
  pid=\${line#?}
  case $line in
    +*) groups="$groups$pid " ;;
    -*) groups="\${groups%% $pid *} \${groups#* $pid }" ;;
  esac
done
for pid in $groups; do kill -9 "-$pid" 2>/dev/null; done
`;

/**
 * Sees to it that no process the runner started (functions, tables) outlives it, even when the runner is killed with -9
 * while a function blocks its event loop: a process of its own that waits for the runner's end of a pipe to close.
 */
export class ProcessGuard {
  #shell: ChildProcess | undefined;

  start(): void {
    this.#shell = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.#shell.stdin?.on('error', () => {});
    this.#shell.unref();
  }

  /** From now on the process group of `pid` dies with the runner. */
  watch(pid: number): void {
    this.#shell?.stdin?.write(`+${pid}\n`);
  }

  /** To be called once the group is gone, before the system can give its number to another one. */
  forget(pid: number): void {
    this.#shell?.stdin?.write(`-${pid}\n`);
  }

  async close(): Promise<void> {
    const shell = this.#shell;
    this.#shell = undefined;
    if (shell === undefined || shell.exitCode !== null || shell.signalCode !== null) return;
    shell.ref();
    shell.stdin?.end();
    await once(shell, 'exit');
  }
}
