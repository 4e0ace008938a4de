import { LineTooLong, longestLine } from '../streams.ts';
import { JsonMistake, JsonScanner, type ScannedValue } from './json-scanner.ts';
import type { Lines } from './lines.ts';

/** An order of a file. */
export interface FiledOrder {
  /** `line 3`, or `order 3` of a JSON array. */
  readonly place: string;
  /** As the file has the order; undefined where the text makes no body. */
  readonly body?: string;
  /** Name of the file; undefined for stdin. */
  readonly file?: string;
  /** What is wrong with the text of the order. */
  readonly mistake?: string;
}

export type JsonKind = 'a JSON array' | 'NDJSON' | 'one JSON value' | 'JSON values one after the other';

/**
 * The orders of a JSON text: an array, a value on each line (NDJSON), or values wherever they begin and end.
 *
 * In NDJSON a broken line spoils no other order. In any other text nobody can tell where the next order begins after a
 * mistake.
 * @throws {JsonMistake} from which on nothing can be read
 * @throws {LineTooLong} for an order over several lines, or an array, that no string can hold
 */
export async function* jsonOrders(lines: Lines): AsyncGenerator<FiledOrder, JsonKind> {
  const scanner = new JsonScanner();
  let lineOrders = 0;
  let elements = 0;
  let characters = 0;
  let last = { line: '', number: 1 };
  for (let line = await lines.next(); line !== undefined; line = await lines.next()) {
    const body = line.trim();
    if (body === '') continue;
    const { number } = lines;
    last = { line, number };
    const begins = !scanner.isInside;
    if (begins && isWholeOrder(body)) {
      lineOrders += 1;
      yield { place: `line ${number}`, body };
      continue;
    }
    characters = begins ? line.length : characters + line.length;
    if (characters > longestLine) {
      throw new LineTooLong(`A document has more than ${longestLine.toLocaleString('en')} characters.`);
    }
    const { topLevel } = scanner;
    const scan = scanLine(scanner, line, number);
    const isAlone = begins && (lineOrders > 0 || scanner.topLevel === topLevel);
    if (isAlone && (await isBrokenLine({ line, scan, follows: lineOrders > 0 }, lines))) {
      const mistake = scan.mistake ?? scanner.mistakeAtEnd(line, number);
      scanner.reset();
      lineOrders += 1;
      const { place, message } = mistake!;
      yield { place: `line ${number}`, body, mistake: `the body is not JSON: column ${place.column}, ${message}` };
      continue;
    }
    if (scan.mistake !== undefined) throw scan.mistake;
    for (const { isElement, place, text } of scan.values) {
      if (isElement) elements += 1;
      yield { place: isElement ? `order ${elements}` : `line ${place.line}`, body: text };
    }
  }
  const mistake = scanner.mistakeAtEnd(last.line, last.number);
  if (mistake !== undefined) throw mistake;
  if (scanner.topLevel === 0) return lineOrders === 1 ? 'one JSON value' : 'NDJSON';
  if (lineOrders > 0 || scanner.topLevel > 1) return 'JSON values one after the other';
  return scanner.arrays === 1 ? 'a JSON array' : 'one JSON value';
}

/** An array is no order: its elements are. */
function isWholeOrder(body: string): boolean {
  if (body.startsWith('[')) return false;
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

interface Scan {
  readonly values: readonly ScannedValue[];
  readonly mistake?: JsonMistake;
  /** Whether the line ends in the middle of a value. */
  readonly isOpen: boolean;
}

function scanLine(scanner: JsonScanner, line: string, number: number): Scan {
  try {
    const values = scanner.scan(line, number);
    return { values, isOpen: scanner.isInside };
  } catch (error) {
    if (error instanceof JsonMistake) return { values: [], mistake: error, isOpen: false };
    throw error;
  }
}

/**
 * Whether a line on which a value begins is an order that was spoilt or cut off, and not the first line of a value.
 * The lines around tell: after an order on a line of its own, or before such an order, or with no other line at all.
 */
async function isBrokenLine(
  { line, scan, follows }: { readonly line: string; readonly scan: Scan; readonly follows: boolean },
  lines: Lines,
): Promise<boolean> {
  const body = line.trimStart();
  if (scan.mistake !== undefined && follows) return true;
  if (scan.mistake === undefined && !(scan.isOpen && body.startsWith('{'))) return false;
  if (body.startsWith('[')) return false;
  const next = await lines.peek();
  if (next === undefined) return true;
  // Inside a value, programs indent what they lay out.
  return next.startsWith('{') && (follows || isWholeOrder(next));
}
