/** What a client process says: how far it is, then what came out. */
export type Told<Result> = { readonly done: number } | { readonly result: Result };

/** Runs one task, saying now and then how far it is. */
export type Run<Task, Result> = (task: Task, onDone: (done: number) => void) => Promise<Result>;

const progressEveryMs = 500;

/**
 * Makes this process a client that runs the tasks its parent sends, one after the other (see client-process.ts). A task
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
