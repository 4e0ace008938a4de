import { contentHashOf } from '../../shared/ledger/content.ts';
import { UsageError } from './errors.ts';

/** A value to put at a place in a document: `/customerAddress="1 Main Street"`, parsed. */
export interface Assignment {
  /** JSON pointer (RFC 6901). */
  readonly pointer: string;
  readonly tokens: readonly string[];
  readonly value: unknown;
}

/**
 * Reads `--set /pointer=value`. A value that reads as JSON is JSON: an object, a list, a quoted text, a number, true,
 * false or null. Any other value is a text, because shells take quotes away.
 *
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
 * The document with the value at its place. An object gains or changes a member. A list changes an element, or gains
 * one at its end, which is `-`. Everything on the way to the place must exist.
 *
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
  // Made from entries, so that a member called __proto__ is a member like any other.
  return Object.fromEntries(new Map(Object.entries(document)).set(token, set(former)));
}

/** A body after `--set`, or why that is not possible. */
export type MendedBody = { readonly body: string } | { readonly problem: string };

/** Sets values in a body. Its other numbers keep their digits. A problem is worded to follow the failure's name. */
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

/** A place at which two documents differ. Values are JSON text, and undefined where a document has nothing. */
export interface Change {
  /** JSON pointer; empty for the whole text. */
  readonly pointer: string;
  readonly before?: string;
  readonly after?: string;
}

/** Where two message bodies differ. Bodies that are not JSON are compared as a whole. */
export function difference(before: string, after: string): readonly Change[] {
  if (before === after) return [];
  const documents = [before, after].map(parsed);
  const [old, fresh] = documents;
  if (old === undefined || fresh === undefined) return [{ pointer: '', before, after }];
  return changes('', old.value, fresh.value);
}

/** Whether an edit changes anything but the layout: a value, the way to write a number, or which names stand twice. */
export function isEdited(before: string, after: string): boolean {
  return difference(before, after).length > 0 || contentHashOf(before) !== contentHashOf(after);
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseExactly(text) };
  } catch {
    return undefined;
  }
}

function changes(pointer: string, before: unknown, after: unknown): Change[] {
  const a = membersOf(before);
  const b = membersOf(after);
  if (a === undefined || b === undefined || Array.isArray(before) !== Array.isArray(after)) {
    const texts = { before: textOf(before), after: textOf(after) };
    if (texts.before === texts.after) return [];
    return [
      {
        pointer,
        ...(texts.before !== undefined && { before: texts.before }),
        ...(texts.after !== undefined && { after: texts.after }),
      },
    ];
  }
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].flatMap((name) =>
    changes(`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, a.get(name), b.get(name)),
  );
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return undefined;
  return new Map(Object.entries(value));
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** Node 24 has these (TC39 "JSON.parse source text access"); TypeScript's library does not know them yet. */
interface SourceTextAccess {
  isRawJSON(value: unknown): boolean;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
}

const access = JSON as unknown as SourceTextAccess;

/**
 * Parses JSON so that `JSON.stringify` gives back every number as it was written. An order number of 20 digits must not
 * lose digits when another field is mended.
 *
 * @throws {SyntaxError}
 */
export function parseExactly(text: string): unknown {
  return access.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? access.rawJSON(source) : value,
  );
}

/** True for a number that `parseExactly` kept as it was written. */
function isExactNumber(value: unknown): boolean {
  return access.isRawJSON(value);
}
