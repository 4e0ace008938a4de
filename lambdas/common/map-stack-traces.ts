import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';

/** A place in a stack frame: `file:///var/task/index.mjs:1:2345`. */
const placePattern = /file:\/\/(\/[^\s()]+\.mjs):(\d+):(\d+)/;

const maps = new Map<string, SourceMap | undefined>();

/**
 * Has stack traces name the sources instead of the bundle, as Node's `--enable-source-maps` does. That option reads every
 * source map at every cold start. This reads a map when somebody looks at a stack trace: V8 asks then. Import it first.
 */
Error.prepareStackTrace = (error, frames) => [String(error), ...frames.map(frameText)].join('\n    at ');

/** @param frame as text, from V8's CallSite: `processWholeBatch (file:///var/task/index.mjs:1:2345)` */
function frameText(frame: { toString(): string }): string {
  return frame.toString().replace(placePattern, (place, path: string, line: string, column: string) => {
    const origin = mapOf(path)?.findOrigin(Number(line), Number(column));
    if (origin === undefined || !('fileName' in origin)) return place;
    return `${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

function mapOf(path: string): SourceMap | undefined {
  if (!maps.has(path)) maps.set(path, readMap(path));
  return maps.get(path);
}

/** Undefined for a file without a map: its frames stay as they are. Must not throw, being called for any error. */
function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
