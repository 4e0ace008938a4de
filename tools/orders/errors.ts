/** A mistake in the command line: one clear line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a person can mend: the message says what is wrong and what to do, and is all that is printed. Exit code 1. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}
