import { type Change, difference } from '../json/difference.ts';
import { type Paint, printable } from '../terminal/output.ts';

/** The difference between two bodies, a line for what goes and a line for what comes. */
export function changeLines(before: string, after: string, paint: Paint): string[] {
  return difference(before, after).flatMap((change) => linesOf(change, paint));
}

function linesOf({ pointer, before, after }: Change, paint: Paint): string[] {
  const place = pointer === '' ? '' : `${printable(pointer)}: `;
  const lines: string[] = [];
  if (before !== undefined) lines.push(paint('red', `  - ${place}${printable(before)}`));
  if (after !== undefined) lines.push(paint('green', `  + ${place}${printable(after)}`));
  return lines;
}
