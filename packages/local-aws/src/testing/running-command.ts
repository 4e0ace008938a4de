import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { ProcessGuard, TemporaryFolder } from '../processes.ts';
import { patienceMs } from './eventually.ts';

/** Turns of the event loop after which everything is read that was in the pipes. One reads up to 64 KB of each. */
const turnsToRead = 20;

/** How a command is started. */
export interface CommandOptions {
  /** Where it runs. Default: this process's own working folder. */
  readonly directory?: string;
  /** Variables beside those of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A command as a process of its own, with a temporary folder of its own. Dispose of it to end it. */
export class RunningCommand implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  output = '';
  /** What the process sees as the system's temporary folder. */
  readonly #temporary = new TemporaryFolder('command-');
  /** The command would outlive a killed test run, being the leader of a group of its own. */
  readonly #guard = new ProcessGuard();
  #changed = Promise.withResolvers<void>();

  /** @param words program and arguments; `node` stands for this Node */
  constructor(words: readonly string[], options: CommandOptions = {}) {
    const [program = '', ...args] = words;
    this.#guard.start();
    this.process = spawn(program === 'node' ? process.execPath : program, args, {
      cwd: options.directory,
      env: { ...process.env, INIT_CWD: undefined, ...options.env, TMPDIR: this.#temporary.path },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (this.process.pid !== undefined) this.#guard.watch(this.process.pid);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#add(text));
    }
    this.exited = once(this.process, 'exit').then(async ([code]) => {
      // What it printed last is in the pipes, and not read yet. Their ends may come later: other processes have them, too.
      for (let turn = 0; turn < turnsToRead; turn += 1) await setImmediate();
      this.#add('');
      return code as number | null;
    });
  }

  /** The first match in what was printed after the first `from` characters. */
  async until(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    const giveUp = setTimeout(() => this.#changed.reject(new Error('gave up')), patienceMs);
    try {
      for (;;) {
        const match = pattern.exec(this.output.slice(from));
        if (match !== null) return match;
        if (this.process.exitCode !== null || this.process.signalCode !== null) throw new Error('it has ended');
        await this.#changed.promise;
      }
    } catch (error) {
      throw new Error(`No ${String(pattern)} in the output: ${(error as Error).message}\n${this.output}`, {
        cause: error,
      });
    } finally {
      clearTimeout(giveUp);
    }
  }

  temporaryFiles(): string[] {
    return readdirSync(this.#temporary.path).toSorted();
  }

  /** Kills what is left of its process group. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.process.pid !== undefined) process.kill(-this.process.pid, 'SIGKILL');
    } catch {
      // Gone, as it should be.
    }
    await this.exited;
    if (this.process.pid !== undefined) this.#guard.forget(this.process.pid);
    await this.#guard.close();
    this.#temporary[Symbol.dispose]();
  }

  #add(text: string): void {
    this.output += text;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
