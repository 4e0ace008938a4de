import { createHash } from 'node:crypto';
import { constants, existsSync, mkdtempSync, realpathSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runtimeMajor } from './environment-variables.ts';
import type { FunctionModel } from './model.ts';

/** A function's code where its execution environments run it. */
export interface DeployedCode extends CodeFingerprint {
  /** What `/var/task` is on Lambda. */
  readonly taskRoot: string;
  /** To be called once no process runs it. */
  readonly remove: () => Promise<void>;
}

/** The AWS SDK that a managed runtime brings along (Lambda Developer Guide, "Runtime-included SDK versions"). */
const sdkPackages = { fromNode18: ['@aws-sdk', '@smithy'], before: ['aws-sdk'] } as const;

/**
 * Copies of the functions' code in a temporary folder. Where the code was synthesized, the package.json above it would
 * decide whether `index.js` is a module, and every package installed there could be imported. Above `/var/task` there
 * is nothing, and the runtime brings the AWS SDK alone; here it is the one installed above the assembly or, failing
 * that, above this file. Because of the copies an assembly may be removed or written anew while its code still runs.
 */
export class CodeStore {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), 'local-functions-')));
  #count = 0;

  async deploy({ name, runtime, codeDirectory }: FunctionModel, fingerprint: CodeFingerprint): Promise<DeployedCode> {
    this.#count += 1;
    const folder = path.join(this.root, `${name}-${this.#count}`);
    const packages = path.join(folder, 'node_modules');
    await mkdir(packages, { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{}\n');
    for (const sdk of sdkPackages[runtimeMajor(runtime) >= 18 ? 'fromNode18' : 'before']) {
      const installed = installedAbove(codeDirectory, sdk) ?? installedAbove(import.meta.dirname, sdk);
      if (installed !== undefined) await symlink(installed, path.join(packages, sdk));
    }
    const taskRoot = path.join(folder, 'task');
    await cp(codeDirectory, taskRoot, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
    return { ...fingerprint, taskRoot, remove: () => rm(folder, { recursive: true, force: true }) };
  }

  async close(): Promise<void> {
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

function installedAbove(directory: string, packageName: string): string | undefined {
  const candidate = path.join(directory, 'node_modules', packageName);
  if (existsSync(candidate)) return candidate;
  const parent = path.dirname(directory);
  return parent === directory ? undefined : installedAbove(parent, packageName);
}

/** What `GetFunction` tells of the code. */
export interface CodeFingerprint {
  /** SHA-256 in base64 over names and contents of all files. AWS hashes its archive instead. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The fingerprint of a folder with a function's code. */
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
