/** Exit codes, the same for every command; `--help` tells them. */
export const exitCodes = {
  done: 0,
  /** Something failed, or was left undone. */
  notAllDone: 1,
  /** A mistake in the command line. */
  usage: 2,
} as const;
