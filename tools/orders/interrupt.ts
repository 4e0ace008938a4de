/** Exit codes that shells expect of a program that a signal ended. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** The exit code of a program that ends at a closed pipe by SIGPIPE. Node ignores that signal. */
const closedPipeExitCode = 141;
const parentCheckMs = 500;
/** npm passes on a Ctrl-C that has reached this process already. The second signal within this time is ignored. */
const repeatMs = 1_000;

/** What may end a command before its time. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** The exit code that goes with the reason; undefined while nothing has interrupted. */
  exitCode(): number | undefined;
  /** Stops listening, so that the process can end by itself. */
  dispose(): void;
}

/**
 * Aborts on Ctrl-C, SIGTERM, a closed terminal or a closed pipe. When npm started the process, it also aborts when npm
 * is gone: after a `kill -9` of npm nobody is at the terminal. A second signal ends the process at once.
 */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  let code: number | undefined;
  let firstAtMs = 0;
  const abort = (exitCode: number, reason = new Interrupted()) => {
    if (controller.signal.aborted) {
      if (Date.now() - firstAtMs > repeatMs) process.exit(exitCode);
      return;
    }
    firstAtMs = Date.now();
    code = exitCode;
    controller.abort(reason);
  };
  const listeners = Object.entries(exitCodes).map(([name, exitCode]) => [name, () => abort(exitCode)] as const);
  for (const [name, listener] of listeners) process.on(name, listener);
  const onPipeError = (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && !controller.signal.aborted) abort(closedPipeExitCode, new PipeClosed());
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A full disk, for example: output that is cut short must not pass for the whole.
    if (error.code !== 'EPIPE') throw error;
    onPipeError(error);
  });
  process.stderr.on('error', onPipeError);

  const parent = process.ppid;
  const parentCheck =
    process.env['npm_lifecycle_event'] === undefined
      ? undefined
      : setInterval(
          () => process.ppid !== parent && !controller.signal.aborted && abort(exitCodes.SIGHUP),
          parentCheckMs,
        );
  parentCheck?.unref();

  return {
    signal: controller.signal,
    exitCode: () => code,
    dispose() {
      for (const [name, listener] of listeners) process.off(name, listener);
      clearInterval(parentCheck);
    },
  };
}

/** Why an interrupted step rejects. */
export class Interrupted extends Error {
  override readonly name: string = 'Interrupted';
}

/** Nobody reads the output any more: `orders failed --json | head` has seen enough. So nothing is left to tell. */
export class PipeClosed extends Interrupted {
  override readonly name = 'PipeClosed';
}
