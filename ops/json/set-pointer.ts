import { UsageError } from '../command-line.ts';
import { isExactNumber, parseExactly } from './exact-json.ts';

/** A value to put at a place: `/customerAddress="1 Main Street"`, read. */
export interface Assignment {
  /** JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly tokens: readonly string[];
  readonly value: unknown;
}

/**
 * Reads `--set /pointer=value`. The value is JSON where it looks like it (an object, a list, a quoted text, a number,
 * true, false, null) and else a text as it stands, because shells take quotes away.
 * @throws {UsageError}
 */
export function parseAssignment(text: string): Assignment {
  const equals = text.indexOf('=');
  const pointer = text.slice(0, equals);
  if (equals < 2 || !pointer.startsWith('/') || /~(?![01])/.test(pointer)) {
    throw new UsageError(`--set takes /json/pointer=value, such as /customerAddress="1 Main Street", not "${text}".`);
  }
  const tokens = pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return { pointer, tokens, value: valueOf(text.slice(equals + 1)) };
}

function valueOf(text: string): unknown {
  try {
    return parseExactly(text);
  } catch (error) {
    if (/^\s*[[{"]/.test(text)) throw new UsageError(`${text} begins like JSON but is not: ${String(error)}.`);
    return text;
  }
}

/** An assignment that does not fit the document. */
export class PointerMismatch extends Error {
  override readonly name = 'PointerMismatch';
}

/**
 * The document with the value put in its place. An object gains or changes a member; a list changes an element, or
 * gains one at `-`, its end. What is on the way there must exist.
 * @throws {PointerMismatch}
 */
export function setPointer(document: unknown, { pointer, tokens, value }: Assignment): unknown {
  const [token, ...rest] = tokens;
  if (token === undefined) return value;
  const set = (member: unknown) => setPointer(member, { pointer, tokens: rest, value });
  const missing = new PointerMismatch(`There is no place ${pointer} in it.`);
  if (Array.isArray(document)) {
    const index = token === '-' ? document.length : /^(0|[1-9]\d*)$/.test(token) ? Number(token) : -1;
    if (index < 0 || index > document.length || (index === document.length && rest.length > 0)) throw missing;
    const elements: unknown[] = document;
    return [...elements.slice(0, index), set(elements[index]), ...elements.slice(index + 1)];
  }
  if (typeof document !== 'object' || document === null || isExactNumber(document)) throw missing;
  const own = Object.hasOwn(document, token);
  if (!own && rest.length > 0) throw missing;
  const former: unknown = own ? (document as Readonly<Record<string, unknown>>)[token] : undefined;
  // From entries, so that a member called __proto__ is a member like any other.
  return Object.fromEntries(new Map(Object.entries(document)).set(token, set(former)));
}
