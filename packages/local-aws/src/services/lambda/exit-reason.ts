/** How a process ended: one of the two is null. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The process killed itself because it passed its memory limit. */
  readonly outOfMemory: boolean;
}

/** The error that Lambda answers for a process that ended during an invocation. */
export interface ExitReason {
  readonly errorType: 'Runtime.ExitError' | 'Runtime.OutOfMemory';
  /** The message without the request id that Lambda puts in front. */
  readonly message: string;
}

/** Signals in the words of Go's `syscall.Signal`, which Lambda's messages use. */
const signalNames: Readonly<Record<string, string>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGILL: 'illegal instruction',
  SIGTRAP: 'trace/breakpoint trap',
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGKILL: 'killed',
  SIGUSR1: 'user defined signal 1',
  SIGSEGV: 'segmentation fault',
  SIGUSR2: 'user defined signal 2',
  SIGPIPE: 'broken pipe',
  SIGALRM: 'alarm clock',
  SIGTERM: 'terminated',
};

/**
 * What Lambda says when the runtime's process ends by itself. Source: the runtime interface emulator
 * (github.com/aws/aws-lambda-runtime-interface-emulator), and responses recorded by LocalStack.
 */
export function exitReason(exit: ProcessExit): ExitReason {
  const errorType = exit.outOfMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
  if (exit.signal !== null) {
    const name = signalNames[exit.signal] ?? exit.signal;
    return { errorType, message: `Runtime exited with error: signal: ${name}` };
  }
  if (exit.code === 0 || exit.code === null) {
    return { errorType, message: 'Runtime exited without providing a reason' };
  }
  return { errorType, message: `Runtime exited with error: exit status ${exit.code}` };
}
