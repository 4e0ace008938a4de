/** What a person can mend: the message says what is wrong and what to do, and is all that is printed. Exit code 1. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}
