import { InvalidArgumentError } from 'commander';
import { CommandFailed, share, UsageError, wholeNumber } from '../errors.ts';
import { type Assignment, parseExactly, PointerMismatch, setPointer } from '../json.ts';
import { countFailures, failures, groupByCause } from '../ledger/failures.ts';
import type { OrdersTable } from '../ledger/read.ts';

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

const wholeLength = 12;

/**
 * The cause that a person means by its first digits.
 * @throws {UsageError} for what can be no fingerprint
 * @throws {CommandFailed} when no failure has such a cause, or several causes begin so
 */
export async function resolveCause(table: OrdersTable, given: string): Promise<string> {
  const digits = given.toLowerCase();
  if (!/^[0-9a-f]{1,12}$/.test(digits)) {
    throw new UsageError(
      `--cause takes a fingerprint of up to 12 hex digits, as "orders failed" shows it, not "${given}".`,
    );
  }
  if (digits.length === wholeLength && (await countFailures(table, { cause: digits })) > 0) return digits;
  const causes = (await groupByCause(failures(table, { status: 'failed' }))).map(({ cause }) => cause);
  const [cause, ...others] = causes.filter((each) => each.startsWith(digits));
  if (cause === undefined) {
    const known =
      causes.length === 0 ? 'There are no failures at all.' : `The causes are ${causes.slice(0, 10).join(', ')}.`;
    throw new CommandFailed(`No failure has the cause ${given}. ${known}`);
  }
  if (others.length === 0) return cause;
  throw new CommandFailed(`Several causes begin with ${given}: ${[cause, ...others].join(', ')}.`);
}

/** A body after `--set`, or why that is not possible. */
export type MendedBody = { readonly body: string } | { readonly problem: string };

/** Sets values in a body, whose numbers keep their digits; the problem reads on behind the failure's name. */
export function mendedBody(body: string, assignments: readonly Assignment[]): MendedBody {
  let document: unknown;
  try {
    document = parseExactly(body);
  } catch {
    return { problem: 'is not JSON, so --set finds no place in it: mend it with "orders edit" and your $EDITOR' };
  }
  try {
    for (const assignment of assignments) document = setPointer(document, assignment);
  } catch (error) {
    if (!(error instanceof PointerMismatch)) throw error;
    return { problem: `cannot be mended so: ${error.message}` };
  }
  return { body: JSON.stringify(document) };
}
