/** Node's longest string is twice that. Messages of SQS and export files have lines of some MB at most. */
export const longestLine = 2 ** 28;

/** A text that is no text in lines: a disk image, say. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

/**
 * The lines of a text that comes in pieces, without their ends (LF or CRLF). Not by node:readline, which also breaks
 * lines at U+2028 and U+2029: these may stand in JSON as they are.
 * @throws {LineTooLong} for a line of more than `longestLine` characters
 */
export async function* readLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let begun = '';
  for await (const piece of pieces) {
    const lines = piece.split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      yield withoutReturn(begun + line);
      begun = '';
    }
    if (begun.length + last.length > longestLine) throw new LineTooLong(tooLong);
    begun += last;
  }
  if (begun !== '') yield withoutReturn(begun);
}

const tooLong = `A line has more than ${longestLine.toLocaleString('en')} characters.`;

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
