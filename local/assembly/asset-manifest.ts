import { join, resolve } from 'node:path';
import { isJsonObject } from './json.ts';
import { readJsonFile } from './json-file.ts';

/** Where the file of an S3 object key comes from: an absolute path of a folder or a file. */
export type Assets = ReadonlyMap<string, string>;

/** Reads `*.assets.json` files: each maps content hashes to a source path and the S3 keys it is published under. */
export function readAssets(directory: string, files: readonly string[]): Assets {
  const sources = new Map<string, string>();
  for (const file of files) {
    const entries = readJsonFile(join(directory, file))['files'];
    for (const entry of Object.values(isJsonObject(entries) ? entries : {})) {
      if (!isJsonObject(entry) || !isJsonObject(entry['source']) || !isJsonObject(entry['destinations'])) continue;
      const path = entry['source']['path'];
      if (typeof path !== 'string') continue;
      for (const destination of Object.values(entry['destinations'])) {
        if (isJsonObject(destination)) sources.set(String(destination['objectKey']), resolve(directory, path));
      }
    }
  }
  return sources;
}
