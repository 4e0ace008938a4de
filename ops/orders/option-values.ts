import { InvalidArgumentError } from 'commander';
import { share, UsageError, wholeNumber } from '../command-line.ts';

/** Parsers of option values for commander, which names the option in its message. */
export const wholeNumberOption = (minimum: number, maximum: number) => (text: string) =>
  asArgumentError(() => wholeNumber('It', text, minimum, maximum));

/** From 0 to 1. */
export const shareOption = (text: string) => asArgumentError(() => share('It', text));

/** A number above 0, up to `maximum`. */
export const rateOption = (maximum: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= maximum) return value;
  throw new InvalidArgumentError(`It must be a number above 0, at most ${maximum.toLocaleString('en')}.`);
};

/** A text to look for: an empty one, of a variable that is not set, say, would be found everywhere or nowhere. */
export function searchedText(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It must not be empty.');
}

/** Several of them, as commander hands them over: one by one. */
export const searchedTexts = (text: string, former: readonly string[] = []): readonly string[] => [
  ...former,
  searchedText(text),
];

/** An option that may stand several times. */
export const collected = (text: string, former: readonly string[] = []): readonly string[] => [...former, text];

function asArgumentError<Value>(parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw error instanceof UsageError ? new InvalidArgumentError(error.message) : error;
  }
}
