import { once } from 'node:events';
import { stripVTControlCharacters, styleText } from 'node:util';
import { PipeClosed } from '../interrupt.ts';

/** Where a command writes: `process.stdout`, or what a test collects. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  hasColors?(): boolean;
  write(text: string): unknown;
}

/** Writes a text. It waits for a slow reader, so that texts do not pile up in memory. */
export async function write(output: Output, text: string): Promise<void> {
  const full = output.write(text) === false;
  if (!full || !('once' in output)) return;
  try {
    await once(output as NodeJS.WriteStream, 'drain');
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'EPIPE' ? new PipeClosed() : error;
  }
}

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Paints on a terminal that has colours, unless NO_COLOR forbids them (no-color.org). Elsewhere texts stay plain. */
export function painter(output: Output, environment: Readonly<Record<string, string | undefined>>): Paint {
  const wanted = output.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && (output.hasColors?.() ?? true);
  return wanted ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
}

/**
 * Text from messages, logs and answers as it may go to a terminal. Control characters become `�`: they could move the
 * cursor, change its colours or forge lines.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g, '\uFFFD');
}

/** The same for text of several lines, such as a stack. Later lines are indented, so that none looks like one of ours. */
export function printableLines(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.replaceAll('\t', '  '));
  return lines.map(printable).join('\n    ');
}

/** How to head and align a column. */
export interface Column {
  readonly title: string;
  /** Numbers stand right. Default left. */
  readonly align?: 'left' | 'right';
  /** Makes a cell shorter, for a terminal that is too narrow for the whole. */
  readonly short?: (cell: string) => string;
}

const gap = '  ';
const indent = '    ';
/** A last column that is narrower than this stands on lines of its own. */
const leastRoom = 20;

/**
 * Rows in columns as wide as their widest cell. Where a terminal of `width` characters is narrower, cells are shown in
 * their short form, and then the last column goes on in further lines. Nothing is cut. Each cell is one line.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width = Infinity): string[] {
  const head = columns.map(({ title }) => title);
  const whole = [head, ...rows];
  const short = () => [head, ...rows.map((row) => columns.map((column, index) => shortCell(column, row[index] ?? '')))];
  const lines = lengthOfAll(columns, whole) <= width ? whole : short();
  const widths = widthsOf(columns, lines);
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + gap.length, 0);
  const room = width - before;
  const isLastBelow = lengthOfAll(columns, lines) > width && room < leastRoom;
  return lines.flatMap((line) => {
    const cells = columns.map(({ align }, index) => {
      const cell = line[index] ?? '';
      const padding = ' '.repeat(widths[index]! - displayWidth(cell));
      return align === 'right' ? padding + cell : cell + padding;
    });
    const last = columns.at(-1)?.align === 'right' ? (cells.at(-1) ?? '') : (line[columns.length - 1] ?? '');
    const first = cells.slice(0, -1).join(gap);
    if (isLastBelow) return [first.trimEnd(), ...wrapped(last, width - indent.length).map((each) => indent + each)];
    const [start = '', ...more] = wrapped(last, room);
    return [[...cells.slice(0, -1), start].join(gap).trimEnd(), ...more.map((each) => ' '.repeat(before) + each)];
  });
}

function shortCell({ short = (cell) => cell }: Column, cell: string): string {
  return short(cell);
}

function widthsOf(columns: readonly Column[], lines: readonly (readonly string[])[]): number[] {
  return columns.map((_, index) => Math.max(...lines.map((line) => displayWidth(line[index] ?? ''))));
}

function lengthOfAll(columns: readonly Column[], lines: readonly (readonly string[])[]): number {
  return widthsOf(columns, lines).reduce((sum, each) => sum + each + gap.length, -gap.length);
}

/**
 * A text in lines of at most `width` characters, broken between words. A word that is longer than a line is broken where
 * the line ends. Painted text stays whole, because a break could stand within a colour. No lines for an empty text.
 *
 * @param first characters of the first line, where something stands before it; there may be none
 */
export function wrapped(text: string, width: number, first = width): string[] {
  if (text === '') return [];
  if (displayWidth(text) <= first || stripVTControlCharacters(text) !== text) return [text];
  const lines: string[] = [];
  let line = '';
  const room = () => (lines.length === 0 ? first : width);
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (displayWidth(longer) <= room()) {
      line = longer;
      continue;
    }
    if (line !== '' || room() < width) lines.push(line);
    line = '';
    for (const letter of word) {
      if (displayWidth(line + letter) > width) {
        lines.push(line);
        line = '';
      }
      line += letter;
    }
  }
  return [...lines, line];
}

/**
 * Sentences in lines of at most `width` characters. What stands in double quotes stays whole, so that a command line can
 * be copied.
 */
export function wrappedProse(text: string, width = Infinity): string {
  const nonBreaking = '\u00A0';
  const lines = text.split('\n').flatMap((line) => {
    const indented = /^ +/.test(line);
    if (indented || displayWidth(line) <= width) return [line];
    const kept = line.replaceAll(/"[^"]*"/g, (quoted) => quoted.replaceAll(' ', nonBreaking));
    return wrapped(kept, width).map((each) => each.replaceAll(nonBreaking, ' '));
  });
  return lines.join('\n');
}

/** How many lines of a terminal a line takes. */
export function terminalLines(line: string, width: number | undefined): number {
  return width === undefined || width <= 0 ? 1 : Math.max(1, Math.ceil(displayWidth(line) / width));
}

/** The last of some lines, as many as a terminal shows at once: it cannot rewrite what has left its top. */
export function lastLines(lines: readonly string[], { columns, rows = Infinity }: Output): readonly string[] {
  let room = rows - 1;
  const first = lines.findLastIndex((line) => (room -= terminalLines(line, columns)) < 0);
  return lines.slice(first + 1);
}

/** Letters that take two places of a terminal (Unicode Standard Annex 11, "East Asian Width", and emoji). */
const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;

/** Places that a text takes on a terminal, without its colours. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let places = 0;
  for (const letter of stripVTControlCharacters(text)) places += wide.test(letter) ? 2 : 1;
  return places;
}
