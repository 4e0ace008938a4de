import { isBlank, type Lines } from './lines.ts';
import { isTelling, orderColumns, valueOfCell } from './order-columns.ts';

/** A mistake of a CSV file as a whole. The message has no full stop. */
export class CsvMistake extends Error {
  override readonly name = 'CsvMistake';
}

/** An order of a CSV file, or what is wrong with its row. */
export type CsvOrder = { readonly line: number } & ({ readonly body: string } | { readonly mistake: string });

const delimiters = [',', ';', '\t'] as const;
type Delimiter = (typeof delimiters)[number];

/** The line by which Excel tells itself what separates the cells. It stands before the header. */
const separatorLine = /^"?sep=[,;\t]"?\r?$/i;

/** Whether a text with this first line is a table of orders. */
export function isHeader(line: string): boolean {
  if (separatorLine.test(line)) return true;
  return cellsOf(line, delimiterOf(line))?.some((cell) => isTelling(pointerTokens(cell).join('/'))) ?? false;
}

/**
 * The orders of a CSV file (RFC 4180) with a header; the cells are separated by commas, semicolons or tabs.
 *
 * - A column is a property, or a place deeper in the order: `customerName`, `address/city`, `/tags/0`.
 * - A cell is what the schema says of its place: a text, a number, or a list with `;` between the elements.
 * - An empty cell leaves the property out.
 * @throws {CsvMistake} for a header without the columns of an order, and for a quote that is never closed
 */
export async function* csvOrders(lines: Lines): AsyncGenerator<CsvOrder> {
  let header: readonly (readonly string[])[] | undefined;
  let delimiter: Delimiter = ',';
  for (;;) {
    const first = await lines.next();
    if (first === undefined) return;
    if (isBlank(first) || (header === undefined && separatorLine.test(first))) continue;
    const line = lines.number;
    if (header === undefined) delimiter = delimiterOf(first);
    const cells = await rowFrom(first, delimiter, lines);
    if (header === undefined) header = columnsOf(cells);
    // Spreadsheets end their tables with empty rows.
    else if (cells.some((cell) => cell !== '')) yield { line, ...orderOf(cells, header) };
  }
}

function delimiterOf(line: string): Delimiter {
  const count = (delimiter: Delimiter) => line.split(delimiter).length;
  return delimiters.reduce((most, each) => (count(each) > count(most) ? each : most));
}

/** The cells of the row that begins with a line. A cell in quotes may go over several lines. */
async function rowFrom(first: string, delimiter: Delimiter, lines: Lines): Promise<readonly string[]> {
  const { number } = lines;
  // A line whose quotes are even in number ends the row, because a quote in a cell is written twice.
  const parts = [first];
  for (let quotes = countQuotes(first); quotes % 2 === 1;) {
    const next = await lines.next();
    if (next === undefined) throw new CsvMistake(`line ${number}: a quote is never closed`);
    parts.push(next);
    quotes += countQuotes(next);
  }
  const cells = cellsOf(parts.join('\n'), delimiter);
  if (cells === undefined)
    throw new CsvMistake(`line ${number}: a quote stands in a cell that does not begin with one`);
  return cells;
}

function countQuotes(line: string): number {
  return line.split('"').length - 1;
}

/** The cells of a row; undefined where a quote stands in the wrong place. */
function cellsOf(row: string, delimiter: Delimiter): readonly string[] | undefined {
  const cells: string[] = [];
  for (let offset = 0; ;) {
    const isQuoted = row[offset] === '"';
    const pattern = isQuoted ? /"((?:[^"]+|"")*)"/y : new RegExp(`([^"${delimiter}]*)`, 'y');
    pattern.lastIndex = offset;
    const match = pattern.exec(row);
    if (match === null) return undefined;
    cells.push(isQuoted ? match[1]!.replaceAll('""', '"') : match[1]!.trim());
    offset = pattern.lastIndex;
    if (offset === row.length) return cells;
    if (row[offset] !== delimiter) return undefined;
    offset += 1;
  }
}

/** The places in an order that the columns mean; an empty list for a column without a name. */
function columnsOf(cells: readonly string[]): readonly (readonly string[])[] {
  const columns = cells.map(pointerTokens);
  const names = columns.map((tokens) => tokens.join('/'));
  const known = names.filter((name) => name !== '');
  if (!names.some(isTelling)) {
    const example = orderColumns.join();
    throw new CsvMistake(
      `the first line must name the columns, such as ${example}. It has ${known.join(', ') || 'no names'}`,
    );
  }
  for (const [index, name] of known.entries()) {
    const other = known.find((each, place) => place !== index && (each === name || each.startsWith(`${name}/`)));
    if (other !== undefined) throw new CsvMistake(`the columns ${name} and ${other} mean the same place of an order`);
  }
  return columns;
}

/** `/a/b` and `a/b` are the same place (RFC 6901). */
function pointerTokens(name: string): readonly string[] {
  const pointer = name.trim().replace(/^\//, '');
  if (pointer === '') return [];
  return pointer.split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

interface Field {
  readonly tokens: readonly string[];
  readonly value: unknown;
}

function orderOf(
  cells: readonly string[],
  columns: readonly (readonly string[])[],
): { readonly body: string } | { readonly mistake: string } {
  const beyond = cells.findIndex((cell, index) => cell !== '' && (columns[index] ?? []).length === 0);
  if (beyond >= 0) {
    return { mistake: `cell ${beyond + 1} has no column in the header: a cell with a separator in it needs quotes` };
  }
  const fields = columns.flatMap((tokens, index): Field[] => {
    const cell = cells[index] ?? '';
    return cell === '' ? [] : [{ tokens, value: valueOfCell(tokens, cell) }];
  });
  return { body: JSON.stringify(objectOf(fields)) };
}

/** An object of the fields, or a list when all their first tokens are numbers. */
function objectOf(fields: readonly Field[]): unknown {
  const groups = Map.groupBy(fields, ({ tokens }) => tokens[0]!);
  const members = [...groups].map(([token, group]): [string, unknown] => {
    const [first] = group;
    if (first!.tokens.length === 1) return [token, first!.value];
    return [token, objectOf(group.map(({ tokens, value }) => ({ tokens: tokens.slice(1), value })))];
  });
  const isList = members.length > 0 && members.every(([token]) => /^\d+$/.test(token));
  return isList ? members.map(([, value]) => value) : Object.fromEntries(members);
}
