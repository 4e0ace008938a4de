import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { isKey } from '../../shared/ledger/message.ts';
import { CommandFailed, UsageError } from './errors.ts';
import { Interrupted, PipeClosed } from './interrupt.ts';
import { type Output, wrappedProse } from './terminal/output.ts';

/** Exit codes, the same for every command; `--help` tells them. */
export const exitCodes = {
  done: 0,
  /** Something failed, or was left undone. */
  notAllDone: 1,
  /** A mistake in the command line. */
  usage: 2,
} as const;

/** Where a program writes. */
interface Outputs {
  readonly stdout: Output;
  readonly stderr: Output;
}

/**
 * A program to define options and commands on. It writes help to stdout and mistakes in the command line to stderr.
 * @param name as a person types it: `npm start --`
 */
export function createProgram(name: string, { stdout, stderr }: Outputs): Command {
  return new Command(name)
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(wrappedProse(name === 'orders' ? withDashHint(text) : text, stderr.columns)),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
}

/** An id may begin with a dash, and so may a file's name. Only the commands of `orders` take ids and files. */
function withDashHint(text: string): string {
  if (!text.startsWith('error: unknown option') || text.includes('Did you mean')) return text;
  return `${text}An id or a file that begins with a dash stands behind "--", after all options.\n`;
}

/**
 * Runs a program's action. It never throws: what goes wrong becomes one message on stderr and an exit code.
 * @param args what stands behind the program's name
 * @param check is called before anything else, and may throw
 * @param shown makes a message fit for a terminal
 * @returns the exit code of what went wrong; undefined when nothing did
 */
export async function runProgram(
  program: Command,
  args: readonly string[],
  stderr: Output,
  check: () => void,
  shown: (message: string) => string = (message) => message,
): Promise<number | undefined> {
  try {
    check();
    await program.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    // commander has told it already: help, or a mistake in the command line.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (!(error instanceof PipeClosed)) {
      const message = error instanceof Interrupted ? 'Stopped before the end.' : shown(errorText(error));
      stderr.write(`${wrappedProse(message, stderr.columns)}\n`);
    }
    return error instanceof UsageError ? exitCodes.usage : exitCodes.notAllDone;
  }
}

/** What a person can mend is told by its message alone. Anything else is a defect, and its stack is needed. */
export function errorText(error: unknown): string {
  if (error instanceof UsageError || error instanceof CommandFailed) return error.message;
  const refused = systemErrorText(error);
  if (refused !== undefined) return refused;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * Ends the process with one message for an error that no promise carries, such as that of a socket or of a process that
 * could not be started.
 */
export function endOnStrayError(textOf: (error: unknown) => string = errorText): void {
  process.once('uncaughtException', (error) => {
    process.stderr.write(`${textOf(error)}\n`);
    process.exit(exitCodes.notAllDone);
  });
}

/** What the operating system refused, and how to mend that. The codes are those of errno(3). */
const systemRemedies: Readonly<Record<string, string>> = {
  EACCES: 'Choose a place that you may write to.',
  EDQUOT: 'Make room on the disk.',
  EFBIG: 'Raise the limit of file sizes in this terminal: ulimit -f unlimited',
  EMFILE: 'Raise the limit of open files in this terminal: ulimit -n 4096',
  ENFILE: 'End programs that have many files open.',
  ENOSPC: 'Make room on the disk.',
  EROFS: 'Choose a place that you may write to.',
};

/** What the operating system said has the place already: `ENOSPC: no space left on device, write`. */
function systemErrorText(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  const remedy = systemRemedies[String(error.code)];
  return remedy && `${error.message}. ${remedy}`;
}

/** A parser for commander: a whole number from `minimum` to `maximum`. Commander names the option in its message. */
export const wholeNumberOption = (minimum: number, maximum: number) => (text: string) => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
  const range = `${minimum.toLocaleString('en')} to ${maximum.toLocaleString('en')}`;
  throw new InvalidArgumentError(`It must be a whole number from ${range}, not "${text}".`);
};

/** A number from 0 to 1. */
export const shareOption = (text: string) => {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError(`It must be a number from 0 to 1, not "${text}".`);
};

/** A number above 0, up to `maximum`. */
export const rateOption = (maximum: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= maximum) return value;
  throw new InvalidArgumentError(`It must be a number above 0, at most ${maximum.toLocaleString('en')}.`);
};

/** Some of `choices`, with commas between them. */
export const listOption =
  <Choice extends string>(choices: readonly Choice[]) =>
  (text: string): readonly Choice[] =>
    text.split(',').map((name) => {
      const choice = choices.find((known) => known === name);
      if (choice !== undefined) return choice;
      throw new InvalidArgumentError(`It must be one of ${choices.join(', ')}, not "${name}".`);
    });

/** A text to look for. An empty one, of a variable that is not set, say, would be found everywhere or nowhere. */
export function searchedText(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It must not be empty.');
}

const shownIdCharacters = 40;

/**
 * An id of an order, a failure or a message. It is taken literally: a pattern is no id, and CloudWatch would search for
 * one in the whole log.
 */
export function idArgument(text: string): string {
  if (isKey(searchedText(text))) return text;
  const shown = text.length > shownIdCharacters ? `${text.slice(0, shownIdCharacters)}…` : text;
  throw new UsageError(
    `"${shown}" cannot be an id: an id has up to 100 letters, digits, "_" and "-". Patterns are not looked up: ` +
      '"orders failed --search TEXT" finds failures by a part of their id.',
  );
}

/** Several ids, as commander hands them over: one by one. */
export const idArguments = (text: string, former: readonly string[] = []): readonly string[] => [
  ...former,
  idArgument(text),
];

/** An option that may stand several times. */
export const collected = (text: string, former: readonly string[] = []): readonly string[] => [...former, text];
