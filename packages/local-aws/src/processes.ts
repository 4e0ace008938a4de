import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Reads `+pid`, `-pid` and `=folder` from its input and remembers process groups and folders. At end of file, which
 * comes however the runner dies, it kills the groups that are left and removes the folders; once more after a second
 * where another guard has yet to kill what still writes there. POSIX sh only: macOS has no /proc and an old bash.
 */
const script = `
trap '' INT TERM HUP QUIT
groups=' '
set --
while IFS= read -r line; do
  rest=\${line#?}
  case $line in
    +*) groups="$groups$rest " ;;
    -*) groups="\${groups%% $rest *} \${groups#* $rest }" ;;
    =*) set -- "$@" "$rest" ;;
  esac
done
for pid in $groups; do kill -9 "-$pid" 2>/dev/null; done
for folder; do rm -rf -- "$folder" || { sleep 1; rm -rf -- "$folder"; }; done 2>/dev/null
`;

/**
 * Sees to it that no process group the runner started (functions, tables) outlives it, even when the runner is killed
 * with -9 while a function blocks its event loop, and no temporary folder either: a process of its own that waits for
 * the runner's end of a pipe to close.
 */
export class ProcessGuard {
  #shell: ChildProcess | undefined;

  start(): void {
    this.#shell = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    // Without a guard only a killed runner leaves something behind. What it was to guard fails for the same reason.
    this.#shell.on('error', () => {});
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

  /** The folder goes with the runner. Its path must be absolute; one with a line break is left to the system. */
  removeAtEnd(folder: string): void {
    if (!folder.includes('\n')) this.#shell?.stdin?.write(`=${folder}\n`);
  }

  /** Lets the guard end without anybody waiting for that, not even the runner's own end. */
  release(): void {
    this.#shell?.stdin?.end();
    this.#shell = undefined;
  }

  /** Settles when the guard has ended. */
  async close(): Promise<void> {
    const shell = this.#shell;
    this.#shell = undefined;
    if (shell === undefined || shell.exitCode !== null || shell.signalCode !== null) return;
    shell.ref();
    shell.stdin?.end();
    await once(shell, 'exit');
  }
}

/**
 * A temporary folder that goes with its scope and, should the process be killed with -9, soon after it. Nobody else may
 * enter it, and nobody can foresee its name (mkdtemp).
 */
export class TemporaryFolder {
  readonly path: string;
  readonly #guard = new ProcessGuard();

  /** @param prefix tells people whose it is: `local-runtime-` */
  constructor(prefix: string) {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
    this.#guard.start();
    this.#guard.removeAtEnd(this.path);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
    this.#guard.release();
  }
}
