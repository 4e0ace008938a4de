import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** What `GetFunction` tells of the code. */
export interface CodeFingerprint {
  /** SHA-256 in base64 over names and contents of all files. AWS hashes its archive instead. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Of a folder with a function's code. */
export async function codeFingerprint(directory: string): Promise<CodeFingerprint> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for (const file of files) {
    const content = await readFile(file);
    sizeBytes += content.length;
    hash.update(`${path.relative(directory, file)}\0${content.length}\0`).update(content);
  }
  return { sha256: hash.digest('base64'), sizeBytes };
}
