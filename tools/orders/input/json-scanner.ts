/** A place in a text. Line and column count from 1, columns in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A JSON value of a text. */
export interface ScannedValue {
  /** As written when the value stands on one line. A value over several lines is without its layout. */
  readonly text: string;
  /** Where the value begins. */
  readonly place: Place;
  /** True for an element of an array that stands at the top. */
  readonly isElement: boolean;
}

/** What is wrong with a JSON text, and where. The message has no full stop. */
export class JsonMistake extends Error {
  override readonly name = 'JsonMistake';
  readonly place: Place;
  /** Where the value at the top begins that has the mistake. */
  readonly since: Place;
  readonly #excerpt: string;

  constructor(message: string, place: Place, since: Place, line: string) {
    super(message);
    this.place = place;
    this.since = since;
    this.#excerpt = excerptOf(line, place.column);
  }

  /** Line, column and message; then the line, cut to its surroundings; then a mark below the column. */
  get text(): string {
    return `line ${this.place.line}, column ${this.place.column}: ${this.message}.\n${this.#excerpt}`;
  }
}

/** What may come next, and how a person is told. */
const expectations = {
  value: 'a JSON value',
  'value-after-comma': 'another value after the comma',
  'value-after-colon': 'a value after the colon',
  'value-or-end': 'a value or "]" after "["',
  name: 'a name in double quotes after the comma',
  'name-or-end': 'a name in double quotes or "}" after "{"',
  colon: 'a colon after the name',
  'comma-or-]': 'a comma or "]" after the value',
  'comma-or-}': 'a comma or "}" after the value',
  end: 'the end after the value',
} as const;

type Expected = keyof typeof expectations;

const mayBeValue: readonly Expected[] = ['value', 'value-after-comma', 'value-after-colon', 'value-or-end'];
const mayBeName: readonly Expected[] = ['name', 'name-or-end'];
const mayBeEnd = { ']': ['comma-or-]', 'value-or-end'], '}': ['comma-or-}', 'name-or-end'] } as const;
const scalar = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;

/** What a string has as it is. Control characters need an escape (RFC 8259, section 7). */
// oxlint-disable-next-line no-control-regex
const plainText = /[^"\\\u0000-\u001F]*/y;
const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/**
 * Reads JSON values (RFC 8259) that stand one after the other, line by line, and keeps their text. JSON.parse tells
 * neither the text of a value nor, in many cases, the place of a mistake. No token of JSON goes over the end of a line.
 *
 * The elements of an array at the top are values of their own. They are given out together when the array is closed,
 * so that nothing of an array with a mistake is used.
 */
export class JsonScanner {
  readonly #isSingle: boolean;
  readonly #open: { readonly bracket: '[' | '{'; readonly place: Place }[] = [];
  #expected: Expected = 'value';
  /** The value that is being read, and how many brackets are open around it. */
  #begun: { readonly place: Place; readonly depth: number; text: string } | undefined;
  #elements: ScannedValue[] = [];
  #arrays = 0;
  #topLevel = 0;

  /** @param options.isSingle whether the text must be one value, with nothing behind it */
  constructor({ isSingle = false }: { readonly isSingle?: boolean } = {}) {
    this.#isSingle = isSingle;
  }

  /** Whether the value at the top is not complete yet. */
  get isInside(): boolean {
    return this.#open.length > 0;
  }

  /** Complete arrays at the top. */
  get arrays(): number {
    return this.#arrays;
  }

  /** Complete values at the top, arrays among them. */
  get topLevel(): number {
    return this.#topLevel;
  }

  /**
   * Reads one line more.
   * @returns the values that are complete now
   * @throws {JsonMistake} after which only `reset` makes sense
   */
  scan(line: string, lineNumber: number): ScannedValue[] {
    const complete: ScannedValue[] = [];
    for (let offset = this.#endOfSpace(line, 0); offset < line.length;) {
      const place = { line: lineNumber, column: offset + 1 };
      const depth = this.#open.length;
      const isTopArray = depth === 0 && line[offset] === '[';
      const isElementLevel = depth === 1 && this.#open[0]!.bracket === '[';
      const isValue = mayBeValue.includes(this.#expected) && line[offset] !== ']';
      if (isValue && !isTopArray && (depth === 0 || isElementLevel)) this.#begun = { place, depth, text: '' };
      const end = this.#token(line, place);
      this.#collect(line, place, end, complete);
      offset = this.#endOfSpace(line, end);
    }
    return complete;
  }

  /** Leaves the value that was begun. */
  reset(): void {
    this.#open.length = 0;
    this.#elements = [];
    this.#begun = undefined;
    this.#expected = 'value';
  }

  /** What is wrong when the text ends with this line; undefined when nothing is. */
  mistakeAtEnd(line: string, lineNumber: number): JsonMistake | undefined {
    const last = this.#open.at(-1);
    if (last === undefined && !(this.#isSingle && this.#topLevel === 0)) return undefined;
    const place = { line: lineNumber, column: line.length + 1 };
    const opened =
      last === undefined
        ? ''
        : `: the "${last.bracket}" of line ${last.place.line}, column ${last.place.column}, is not closed`;
    return this.#mistake(`expected ${expectations[this.#expected]}, found the end${opened}`, place, line);
  }

  #endOfSpace(line: string, start: number): number {
    let end = start;
    // Files that were put one behind the other bring their byte order marks along.
    while (end < line.length && (' \t\r\n'.includes(line[end]!) || (line[end] === '\uFEFF' && !this.isInside)))
      end += 1;
    return end;
  }

  /** Takes the token at a place. @returns the offset behind the token */
  #token(line: string, place: Place): number {
    const offset = place.column - 1;
    const token = line[offset]!;
    if (mayBeValue.includes(this.#expected) && (token === '[' || token === '{')) {
      this.#open.push({ bracket: token, place });
      this.#expected = token === '[' ? 'value-or-end' : 'name-or-end';
    } else if ((token === ']' || token === '}') && mayBeEnd[token].some((each) => each === this.#expected)) {
      this.#open.pop();
      this.#expected = this.#afterValue();
    } else if (token === ':' && this.#expected === 'colon') {
      this.#expected = 'value-after-colon';
    } else if (token === ',' && (this.#expected === 'comma-or-]' || this.#expected === 'comma-or-}')) {
      this.#expected = this.#expected === 'comma-or-]' ? 'value-after-comma' : 'name';
    } else if (token === '"' && mayBeName.includes(this.#expected)) {
      this.#expected = 'colon';
      return this.#endOfString(line, place);
    } else if (mayBeValue.includes(this.#expected)) {
      const end = token === '"' ? this.#endOfString(line, place) : offset + wordAt(line, offset).length;
      if (token !== '"' && !scalar.test(line.slice(offset, end))) throw this.#unexpected(line, place);
      this.#expected = this.#afterValue();
      return end;
    } else throw this.#unexpected(line, place);
    return offset + 1;
  }

  #afterValue(): Expected {
    const { bracket } = this.#open.at(-1) ?? {};
    if (bracket === undefined) return this.#isSingle ? 'end' : 'value';
    return bracket === '[' ? 'comma-or-]' : 'comma-or-}';
  }

  /** Adds a token to the value that is being read, which may be complete with the token. */
  #collect(line: string, { line: lineNumber, column }: Place, end: number, complete: ScannedValue[]): void {
    const depth = this.#open.length;
    const begun = this.#begun;
    if (begun !== undefined) {
      begun.text += line.slice(column - 1, end);
      if (depth > begun.depth) return;
      this.#begun = undefined;
      const { place } = begun;
      const text = place.line === lineNumber ? line.slice(place.column - 1, end) : begun.text;
      (depth === 0 ? complete : this.#elements).push({ text, place, isElement: depth > 0 });
    } else if (depth === 0) {
      this.#arrays += 1;
      for (const element of this.#elements) complete.push(element);
      this.#elements = [];
    }
    if (depth === 0) this.#topLevel += 1;
  }

  #endOfString(line: string, place: Place): number {
    for (let offset = place.column; ;) {
      offset = endOfMatch(plainText, line, offset) ?? offset;
      if (line[offset] === '"') return offset + 1;
      const at = { line: place.line, column: offset + 1 };
      if (offset >= line.length) {
        throw this.#mistake('the string that begins here does not end on its line', place, line);
      }
      if (line[offset] !== '\\') {
        throw this.#mistake(`a string has ${codePoint(line, offset)} only as an escape, such as \\n or \\t`, at, line);
      }
      const end = endOfMatch(escape, line, offset);
      if (end === undefined) {
        throw this.#mistake(`${line.slice(offset, offset + 2)} is no escape; a backslash itself is \\\\`, at, line);
      }
      offset = end;
    }
  }

  #unexpected(line: string, place: Place): JsonMistake {
    const found = foundText(line, place.column - 1);
    return this.#mistake(`expected ${expectations[this.#expected]}, found ${found}`, place, line);
  }

  #mistake(message: string, place: Place, line: string): JsonMistake {
    return new JsonMistake(message, place, this.#open[0]?.place ?? place, line);
  }
}

/** What is wrong with a text that must be one JSON value; undefined when nothing is. */
export function mistakeIn(text: string): JsonMistake | undefined {
  const scanner = new JsonScanner({ isSingle: true });
  const lines = text.split('\n');
  try {
    for (const [index, line] of lines.entries()) scanner.scan(line, index + 1);
  } catch (error) {
    if (error instanceof JsonMistake) return error;
    throw error;
  }
  return scanner.mistakeAtEnd(lines.at(-1) ?? '', lines.length);
}

function endOfMatch(pattern: RegExp, line: string, offset: number): number | undefined {
  pattern.lastIndex = offset;
  return pattern.test(line) ? pattern.lastIndex : undefined;
}

/** A number or a word, or else nothing. */
function wordAt(line: string, offset: number): string {
  return line.slice(offset, endOfMatch(/[\p{L}\p{N}_$.+-]+/uy, line, offset) ?? offset);
}

const longestQuote = 20;

/** The offending text, in quotes unless it is invisible. */
function foundText(line: string, offset: number): string {
  const text = line[offset] === '"' ? /^"[^"]*"?/.exec(line.slice(offset, offset + 99))![0] : wordAt(line, offset);
  if (text === '') return codePoint(line, offset);
  const shown = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
  return text.startsWith('"') ? shown : `"${shown}"`;
}

function codePoint(line: string, offset: number): string {
  const character = String.fromCodePoint(line.codePointAt(offset)!);
  const code = `U+${line.codePointAt(offset)!.toString(16).toUpperCase().padStart(4, '0')}`;
  if (/[\p{C}\p{Z}]/u.test(character)) return code;
  return character > '~' ? `"${character}" (${code})` : `"${character}"`;
}

const excerptAround = 36;

function excerptOf(line: string, column: number): string {
  const start = Math.max(0, column - 1 - excerptAround);
  const end = column - 1 + excerptAround;
  const before = `${start > 0 ? '…' : ''}${line.slice(start, column - 1)}`;
  const shown = `${before}${line.slice(column - 1, end)}${end < line.length ? '…' : ''}`;
  return `${shown.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')}\n${' '.repeat(before.length)}^`;
}
