import { once } from 'node:events';
import { styleText } from 'node:util';
import { PipeClosed } from '../interrupt.ts';

export { printable } from 'local-aws';

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
