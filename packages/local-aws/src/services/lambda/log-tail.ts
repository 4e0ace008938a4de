/** `LogType: Tail` answers the last 4 KB of the log (Lambda API reference, Invoke). */
const tailBytes = 4096;

/** The end of the log, cut by bytes and so perhaps within a line, as on AWS. */
export function logTail(lines: readonly string[]): string {
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return text.subarray(Math.max(text.length - tailBytes, 0)).toString('utf8');
}
