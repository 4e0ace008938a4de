/**
 * A file with a change as a page shows it: lines with `-` go, lines with `+` come, others stand around them.
 *
 * @throws Error unless the lines that go or stand are in the file once, one after the other
 */
export function changed(file: string, change: string): string {
  const lines = change.split('\n').slice(0, -1);
  const without = (sign: string) =>
    lines.flatMap((line) => (line.startsWith(sign) ? [] : [`${line.slice(1)}\n`])).join('');
  const parts = file.split(without('+'));
  if (parts.length !== 2) throw new Error(`This is ${parts.length - 1} times in the file:\n${without('+')}`);
  return parts.join(without('-'));
}
