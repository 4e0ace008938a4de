import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProcessGuard } from '../process-guard.ts';
import { dynamodbError } from './error-codes.ts';

const main = fileURLToPath(new URL('./dynalite-main.ts', import.meta.url));

/** What is kept of the process's last words. */
const lastWordsLength = 2000;

export interface DynaliteOptions {
  /** Path of the Unix socket to listen on; 103 bytes at most (macOS). */
  readonly socketPath: string;
  readonly region: string;
  readonly accountId: string;
  readonly guard: ProcessGuard;
  /** The process ended without being asked to; all items are lost. */
  readonly onCrash: (lastWords: string) => void;
}

/** dynalite in a process of its own, since it keeps a processor busy and an unexpected request may end it. */
export class DynaliteProcess {
  readonly #child: ChildProcess;
  #lastWords = '';
  #closing = false;

  private constructor({ socketPath, region, accountId, guard, onCrash }: DynaliteOptions) {
    this.#child = spawn(process.execPath, [main, socketPath], {
      env: { AWS_ACCOUNT_ID: accountId, AWS_REGION: region },
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const { pid } = this.#child;
    if (pid !== undefined) guard.watch(pid);
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-lastWordsLength);
    });
    this.#child.on('error', (error) => (this.#lastWords += error.message));
    this.#child.once('close', () => {
      if (pid !== undefined) guard.forget(pid);
      if (!this.#closing) onCrash(this.#lastWords);
    });
  }

  /** Settles when the process listens. */
  static async start(options: DynaliteOptions): Promise<DynaliteProcess> {
    const started = new DynaliteProcess(options);
    const child = started.#child;
    const listening = await Promise.race([
      once(child, 'message').then(() => true),
      once(child, 'close').then(() => false),
    ]).catch(() => false);
    if (listening) return started;
    throw dynamodbError(
      'TABLES_NOT_STARTED',
      `The process that holds the tables did not start: ${started.#lastWords.trim()}`,
      'Mend what it says; a long TMPDIR makes the path of its socket too long.',
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }
}
