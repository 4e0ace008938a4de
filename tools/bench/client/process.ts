import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A client of what is measured, in a process of its own (see `serveTasks`). Dispose of it to end it. */
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

/** What a client process says: how far it is, then what came out. */
type Told<Result> = { readonly done: number } | { readonly result: Result };

/** Runs one task, saying now and then how far it is. */
type Run<Task, Result> = (task: Task, onDone: (done: number) => void) => Promise<Result>;

const progressEveryMs = 500;

/**
 * Makes this process a client that runs the tasks its parent sends, one after the other (see `ClientProcess`). A task
 * that fails ends the process with its error on stderr.
 */
export function serveTasks<Task, Result>(run: Run<Task, Result>): void {
  // A terminal's Ctrl-C reaches this process too: the parent decides.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit());
  process.on('message', (task: Task) => {
    let toldAtMs = performance.now();
    const onDone = (done: number) => {
      if (performance.now() - toldAtMs < progressEveryMs) return;
      toldAtMs = performance.now();
      tell({ done });
    };
    run(task, onDone).then(
      (result) => tell({ result }),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });

  function tell(told: Told<Result>): void {
    process.send?.(told);
  }
}

/** 0, `size`, 2 × `size` and so on below `count`: where each request of a loop begins. */
export function* steps(count: number, size: number): Generator<number> {
  for (let first = 0; first < count; first += size) yield first;
}
