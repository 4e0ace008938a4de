/**
 * The lines of a text that comes in pieces, without their ends (LF or CRLF). Not by node:readline, which also breaks
 * lines at U+2028 and U+2029: these may stand in JSON as they are.
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
    begun += last;
  }
  if (begun !== '') yield withoutReturn(begun);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
