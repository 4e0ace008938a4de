import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** A mistake in the command line: one clear line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * `parseArgs` with its errors as one line each.
 * @throws {UsageError} for an unknown option, a missing value, or a word too many
 */
export function parseOptions<Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: negativeNumbersJoined(args), options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const firstSentence = (message.split('\n')[0] ?? message).replace(/\. To specify a positional.*$/, '');
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`${firstSentence.replace(/\.$/, '')}. Options are ${known.join(', ')}.`);
  }
}

/** `--count -1` looks like two options to parseArgs, which would hide what is wrong: joins them to `--count=-1`. */
function negativeNumbersJoined(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const previous = joined.at(-1);
    if (/^-\d/.test(arg) && previous !== undefined && /^--[a-z-]+$/.test(previous)) {
      joined[joined.length - 1] = `${previous}=${arg}`;
    } else joined.push(arg);
  }
  return joined;
}

/** @throws {UsageError} unless `text` is a whole number from `minimum` to `maximum` */
export function wholeNumber(name: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
  const range = `${minimum.toLocaleString('en')} to ${maximum.toLocaleString('en')}`;
  throw new UsageError(`${name} must be a whole number from ${range}, not "${text}".`);
}

/** @throws {UsageError} unless `text` is a number from 0 to 1 */
export function share(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new UsageError(`${name} must be a number from 0 to 1, not "${text}".`);
}

/** @throws {UsageError} unless `text` is one of `choices` */
export function oneOf<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((known) => known === text);
  if (choice !== undefined) return choice;
  throw new UsageError(`${name} must be one of ${choices.join(', ')}, not "${text}".`);
}

/** What a person can mend: the message says what is wrong and what to do, and is all that is printed. Exit code 1. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}
