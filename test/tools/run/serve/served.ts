import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { ProcessGuard, TemporaryFolder } from 'local-aws';
import { patienceMs } from '../../../../packages/local-aws/test/eventually.ts';

export const projectRoot = fileURLToPath(new URL('../../../..', import.meta.url));

/** A command of the project as a process of its own, with a temporary folder of its own. */
export class Command implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  output = '';
  /** What the process sees as the system's temporary folder. */
  readonly #temporary = new TemporaryFolder('command-');
  /** The command would outlive a killed test run, being the leader of a group of its own. */
  readonly #guard = new ProcessGuard();
  #changed = Promise.withResolvers<void>();

  /** @param words program and arguments; `node` stands for this Node */
  constructor(
    words: readonly string[],
    options: { readonly directory?: string; readonly env?: NodeJS.ProcessEnv } = {},
  ) {
    const [program = '', ...args] = words;
    this.#guard.start();
    this.process = spawn(program === 'node' ? process.execPath : program, args, {
      cwd: options.directory ?? projectRoot,
      env: { ...process.env, INIT_CWD: undefined, ...options.env, TMPDIR: this.#temporary.path },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (this.process.pid !== undefined) this.#guard.watch(this.process.pid);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#add(text));
    }
    this.exited = once(this.process, 'exit').then(([code]) => {
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

/** A served stack and the clients to talk to it. */
export interface Served extends AsyncDisposable {
  readonly command: Command;
  readonly url: string;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly cloudFormation: CloudFormationClient;
}

/** Starts `bin/local.ts` (in `directory`, a copy of the project, when given) on a free port and waits until it serves. */
export async function serveLocally(args: readonly string[], directory = projectRoot): Promise<Served> {
  const command = new Command(['node', 'bin/local.ts', '--port', '0', ...args], { directory });
  try {
    const [, url = ''] = await command.until(/^ready (\S+)/m);
    const settings = {
      endpoint: url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    };
    const clients = {
      lambda: new LambdaClient(settings),
      sqs: new SQSClient(settings),
      cloudFormation: new CloudFormationClient(settings),
    };
    return {
      command,
      url,
      ...clients,
      async [Symbol.asyncDispose]() {
        for (const client of Object.values(clients)) client.destroy();
        await command[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await command[Symbol.asyncDispose]();
    throw error;
  }
}
