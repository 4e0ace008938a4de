import { stripVTControlCharacters } from 'node:util';

/** How to head and align a column. */
export interface Column {
  readonly title: string;
  /** Numbers stand right. Default left. */
  readonly align?: 'left' | 'right';
}

const gap = '  ';

/**
 * Rows in columns as wide as their widest cell. On a terminal of `width` characters the last column is cut to fit;
 * elsewhere nothing is. Cells are one line each.
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

/** Cuts plain text; painted text is left whole, because a cut could take its end of colour away. */
function cut(text: string, length: number): string {
  return text.length <= length || lengthOf(text) !== text.length ? text : `${text.slice(0, length - 1)}…`;
}

function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
