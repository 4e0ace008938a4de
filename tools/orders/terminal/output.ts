import { once } from 'node:events';
import { styleText } from 'node:util';
import { PipeClosed } from '../interrupt.ts';

/** Where a command writes: `process.stdout`, or what a test collects. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
  write(text: string): unknown;
}

/** Writes, and waits where a slow reader would otherwise make the text pile up in memory. */
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

/** Colours on a terminal that has them and where NO_COLOR does not forbid them (no-color.org); nowhere else. */
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
