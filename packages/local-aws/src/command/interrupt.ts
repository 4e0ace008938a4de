/** As shells expect it of a program that a signal ended. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** Node ignores SIGPIPE, which ends other programs at a closed pipe. */
const closedPipeExitCode = 141;
const parentCheckMs = 500;
/** A terminal's Ctrl-C comes twice when npm passes it on: the second one within this time is not impatience. */
const repeatMs = 1_000;

/** What ends the command before its time. */
export interface Interrupt extends Disposable {
  /** Aborts when the command shall stop. */
  readonly signal: AbortSignal;
  /** The exit code that goes with the reason; undefined while nothing has interrupted. */
  exitCode(): number | undefined;
}

/**
 * Listens for Ctrl-C, SIGTERM, a closed terminal and a closed pipe. Where npm has started the command, the end of npm
 * counts too: a `kill -9` of npm would leave the command running without anybody at the terminal. A second signal,
 * later than a second after the first, ends the process at once. Dispose of it to stop listening.
 */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  const listening = new DisposableStack();
  let code: number | undefined;
  let firstAtMs = 0;
  const abort = (exitCode: number) => {
    if (code !== undefined) {
      if (Date.now() - firstAtMs > repeatMs) process.exit(exitCode);
      return;
    }
    firstAtMs = Date.now();
    code = exitCode;
    controller.abort();
  };

  for (const [name, exitCode] of Object.entries(exitCodes)) {
    const listener = () => abort(exitCode);
    process.on(name, listener);
    listening.defer(() => process.off(name, listener));
  }
  for (const stream of [process.stdout, process.stderr]) {
    // Stays: what is written on the way out must not end the process early.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A full disk, for example: output that is cut short must not pass for the whole.
      if (error.code !== 'EPIPE' && stream === process.stdout) throw error;
      if (error.code === 'EPIPE' && code === undefined) abort(closedPipeExitCode);
    });
  }
  if (process.env['npm_lifecycle_event'] !== undefined) {
    const parent = process.ppid;
    const check = setInterval(
      () => process.ppid !== parent && code === undefined && abort(exitCodes.SIGHUP),
      parentCheckMs,
    );
    check.unref();
    listening.defer(() => clearInterval(check));
  }
  return {
    signal: controller.signal,
    exitCode: () => code,
    [Symbol.dispose]: () => listening.dispose(),
  };
}
