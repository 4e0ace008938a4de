import { isAbsolute, resolve, sep } from 'node:path';
import { assemblyError } from './error-codes.ts';
import { isJsonObject, readJsonFile } from './json.ts';

/** Where the file of an S3 object key comes from: an absolute path of a folder or a file. */
export type Assets = ReadonlyMap<string, string>;

/**
 * Reads `*.assets.json` files: each maps content hashes to a source path and the S3 keys it is published under. The
 * assets of a nested assembly lie in the outermost one, `root`; absolute paths are what an app without asset staging
 * writes.
 */
export function readAssets(directory: string, files: readonly string[], root: string): Assets {
  const sources = new Map<string, string>();
  for (const file of files) {
    const entries = readJsonFile(file)['files'];
    for (const entry of Object.values(isJsonObject(entries) ? entries : {})) {
      if (!isJsonObject(entry) || !isJsonObject(entry['source']) || !isJsonObject(entry['destinations'])) continue;
      const path = entry['source']['path'];
      if (typeof path !== 'string') continue;
      const source = resolve(directory, path);
      if (!isAbsolute(path) && !source.startsWith(root + sep)) throw outside(source);
      for (const destination of Object.values(entry['destinations'])) {
        const key = isJsonObject(destination) ? destination['objectKey'] : undefined;
        if (typeof key === 'string') sources.set(key, source);
      }
    }
  }
  return sources;
}

function outside(path: string): Error {
  return assemblyError('ASSEMBLY_MALFORMED', `The asset ${path} lies outside the assembly.`, 'Run "cdk synth" again.');
}
