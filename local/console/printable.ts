/**
 * Text from messages, logs and requests as it may go to a terminal: control characters, which could move the cursor,
 * change its colours or forge lines, become `�`.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g, '\uFFFD');
}

/**
 * The same of text that may have lines, a stack say: those after the first are indented, so that none looks like ours.
 */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(withoutTabs).map(printable).join('\n    ');
}

function withoutTabs(line: string): string {
  return line.replaceAll('\t', '  ');
}
