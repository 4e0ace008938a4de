import { AwsError } from '../../../endpoint/api.ts';

/** A query has at most 10,000 characters (Logs API reference, StartQuery); so deep nobody writes one. */
const mostNested = 100;

/** What Insights answers for a text that is no query. */
export function malformed(message: string): AwsError {
  return new AwsError('MalformedQueryException', message);
}

/** Reads a query's text from left to right. Words and symbols are found whatever blanks and comments stand before. */
export class QueryText {
  readonly #text: string;
  #depth = 0;
  #at = 0;
  /** Where the last word or symbol that was read ended. */
  #end = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    this.#skip();
    return this.#at === this.#text.length;
  }

  /** Where the reading is, for `since`. */
  get position(): number {
    this.#skip();
    return this.#at;
  }

  /** The text from a position on, as far as it was read. */
  since(position: number): string {
    return this.#text.slice(position, this.#end);
  }

  /** The groups of a pattern (sticky) that fits here; undefined, and nothing is read, when it does not. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    this.#skip();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    this.#end = this.#at;
    return match;
  }

  /** Whether this word (in any case) or symbol stands here; then it is read. */
  accept(text: string): boolean {
    this.#skip();
    const given = this.#text.slice(this.#at, this.#at + text.length);
    const isWord = /\w$/.test(text);
    if (given.toLowerCase() !== text || (isWord && /[\w.@]/.test(this.#text[this.#at + text.length] ?? '')))
      return false;
    this.#at += text.length;
    this.#end = this.#at;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail();
  }

  /**
   * Reads what is inside of brackets or behind a sign.
   *
   * @throws {AwsError} `MalformedQueryException` where too much is nested
   */
  deeper<Read>(read: () => Read): Read {
    if (this.#depth === mostNested) throw malformed(`more than ${mostNested} levels are nested`);
    this.#depth += 1;
    const found = read();
    this.#depth -= 1;
    return found;
  }

  /** @throws {AwsError} `MalformedQueryException` */
  fail(): never {
    this.#skip();
    const lines = this.#text.slice(0, this.#at).split('\n');
    const found = /\S+/.exec(this.#text.slice(this.#at))?.[0] ?? 'the end of the query';
    const place = `line ${lines.length} and position ${(lines.at(-1)?.length ?? 0) + 1}`;
    throw malformed(`unexpected symbol found ${found} at ${place}`);
  }

  #skip(): void {
    const blanks = /(?:\s+|#[^\n]*)*/y;
    blanks.lastIndex = this.#at;
    blanks.exec(this.#text);
    this.#at = blanks.lastIndex;
  }
}

const fieldPattern = /`([^`]+)`|([@A-Za-z_][\w@.]*)/y;
const textPattern = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/y;
const regexPattern = /\/((?:[^/\\]|\\.)+)\//y;

/** The name of a field; undefined, and nothing is read, when none stands here. */
export function readField(query: QueryText): string | undefined {
  const match = query.take(fieldPattern);
  return match?.[1] ?? match?.[2];
}

/** Text in quotes. */
export function readText(query: QueryText): string | undefined {
  const match = query.take(textPattern);
  return (match?.[1] ?? match?.[2])?.replaceAll(/\\(.)/g, '$1');
}

/** A regular expression between slashes. Insights writes its named groups as JavaScript does: `(?<name>…)`. */
export function readRegex(query: QueryText): RegExp | undefined {
  const source = query.take(regexPattern)?.[1];
  if (source === undefined) return undefined;
  // `(?i)` at the start makes a Java expression ignore case.
  const ignoresCase = source.startsWith('(?i)');
  try {
    return new RegExp(ignoresCase ? source.slice(4) : source, ignoresCase ? 'i' : '');
  } catch {
    throw malformed(`the regular expression /${source}/ cannot be read`);
  }
}
