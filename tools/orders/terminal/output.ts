import { once } from 'node:events';
import { stripVTControlCharacters, styleText } from 'node:util';
import { PipeClosed } from '../interrupt.ts';

/** Where a command writes: `process.stdout`, or what a test collects. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
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
}

const gap = '  ';

/**
 * Rows in columns as wide as their widest cell. On a terminal of `width` characters the last column is cut to fit. Each
 * cell is one line.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width?: number): string[] {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => lengthOf(line[index] ?? ''))));
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + gap.length, 0);
  const room = width === undefined ? Infinity : Math.max(10, width - before);
  return lines.map((line) =>
    columns
      .map(({ align }, index) => {
        const cell = line[index] ?? '';
        const padding = ' '.repeat(widths[index]! - lengthOf(cell));
        if (align === 'right') return padding + cell;
        return index === columns.length - 1 ? cut(cell, room) : cell + padding;
      })
      .join(gap)
      .trimEnd(),
  );
}

/** Cuts plain text. Painted text stays whole, because a cut could remove the end of its colour. */
function cut(text: string, length: number): string {
  return text.length <= length || lengthOf(text) !== text.length ? text : `${text.slice(0, length - 1)}…`;
}

function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
