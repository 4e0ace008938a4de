import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Told } from './serve-tasks.ts';

/** A client of what is measured, in a process of its own (see serve-tasks.ts). Dispose of it to end it. */
export class ClientProcess<Task extends object, Result> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #gone: Promise<never>;
  readonly #signal: AbortSignal;
  readonly #kill = () => this.#child.kill('SIGKILL');

  /** @param signal ends the process, and with it the task under way, which rejects */
  constructor(module: URL, signal: AbortSignal, nodeArguments: readonly string[] = []) {
    this.#signal = signal;
    this.#child = fork(module, { execArgv: [...nodeArguments] });
    signal.addEventListener('abort', this.#kill);
    this.#gone = once(this.#child, 'exit').then(() => {
      signal.throwIfAborted();
      throw new Error('A client process of the bench ended before its task did.');
    });
    this.#gone.catch(() => {});
  }

  /** One task at a time. @param onDone how far it is, now and then */
  run(task: Task, onDone: (done: number) => void = () => {}): Promise<Result> {
    const { promise, resolve } = Promise.withResolvers<Result>();
    const listener = (told: Told<Result>) => {
      if ('done' in told) onDone(told.done);
      else resolve(told.result);
    };
    this.#child.on('message', listener);
    this.#child.send(task);
    return Promise.race([promise, this.#gone]).finally(() => this.#child.off('message', listener));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener('abort', this.#kill);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#kill();
    await once(this.#child, 'exit');
  }
}
