import { accessSync, constants, globSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors.ts';
import type { OrdersIo } from '../io.ts';
import { type Hint, hintFor, shellWord } from '../terminal/shell.ts';

/** A file to read. */
export interface InputFile {
  /** As the person named the file, or `stdin`. */
  readonly name: string;
  /** Absolute; undefined for stdin. */
  readonly path: string | undefined;
}

/**
 * The folder in which the person stands, for relative paths. npm starts a script of package.json in the folder of
 * package.json and says in INIT_CWD where the person was. Elsewhere INIT_CWD may be left over from another npm.
 */
export function standingFolder(env: OrdersIo['env'], workingFolder: string = process.cwd()): string {
  const { INIT_CWD, npm_package_json: manifest } = env;
  const isScript = manifest !== undefined && dirname(manifest) === workingFolder;
  return isScript && INIT_CWD !== undefined && INIT_CWD !== '' ? INIT_CWD : workingFolder;
}

const endings = ['.json', '.ndjson', '.jsonl', '.csv'];
const isOrdersFile = (name: string) =>
  endings.some((ending) => name.toLowerCase().replace(/\.gz$/, '').endsWith(ending));

/**
 * The files that arguments name, each once: files, folders (their files, and not those of their folders), patterns
 * such as `*.json`, and `-`.
 * @param hint makes the command line that passes the orders of an address on
 * @throws {UsageError} for what is not there, cannot be read, or has no file of orders
 */
export function inputFiles(names: readonly string[], folder: string, hint = hintFor()): readonly InputFile[] {
  const seen = new Set<string | undefined>();
  return names
    .flatMap((name) => filesOf(name, folder, hint))
    .filter(({ path }) => {
      const isNew = !seen.has(path);
      seen.add(path);
      return isNew;
    });
}

function filesOf(name: string, folder: string, hint: Hint): readonly InputFile[] {
  // A variable of the shell that is not set must not send a whole folder.
  if (name === '') throw new UsageError('The name of a file is empty. For the folder where you are, write a dot.');
  if (name === '-') return [{ name: 'stdin', path: undefined }];
  if (/^file:\/\//i.test(name)) return filesOf(pathOfUrl(name), folder, hint);
  const path = resolve(folder, name);
  try {
    if (!statSync(path).isDirectory()) {
      accessSync(path, constants.R_OK);
      return [{ name, path }];
    }
    const found = readdirSync(path, { withFileTypes: true }).filter(
      (entry) => !entry.isDirectory() && isOrdersFile(entry.name),
    );
    if (found.length > 0) {
      return found.map((entry) => ({ name: join(name, entry.name), path: join(path, entry.name) })).toSorted(byName);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const matches = code === 'ENOENT' ? filesLike(name, folder) : [];
    if (matches.length > 0) return matches;
    if (code === 'ENOENT') refuseAddress(name, hint);
    if (code === 'ENOENT' && isPattern(name)) throw new UsageError(`There is no file like ${name}.`);
    throw new UsageError(`${name} cannot be read: ${message}.${tildeHint(name)}`);
  }
  throw new UsageError(
    `${name} is a folder without a file of orders: none ends in ${endings.join(', ')}, or one with .gz.`,
  );
}

/** @throws {UsageError} for an address of a file on another machine */
function refuseAddress(name: string, hint: Hint): void {
  const [, protocol] = /^([a-z][a-z\d+.-]*):\/\//i.exec(name) ?? [];
  if (protocol === undefined) return;
  const word = shellWord(name);
  const reads = { s3: `aws s3 cp ${word} -`, http: `curl -fsSL ${word}`, https: `curl -fsSL ${word}` };
  const read = Object.entries(reads).find(([known]) => known === protocol.toLowerCase())?.[1];
  throw new UsageError(
    `${name} is not on this machine, and send reads files of this machine only. ` +
      (read === undefined ? 'Fetch the file, and name it.' : `Pass its orders on: ${read} | ${hint('send -')}`),
  );
}

function pathOfUrl(name: string): string {
  try {
    return fileURLToPath(name);
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${(error as Error).message}. Name the file by its path.`);
  }
}

/** A shell replaces the tilde, but not within quotes. */
function tildeHint(name: string): string {
  return name.startsWith('~') ? ' Write the ~ outside of quotes, so that the shell makes your folder of it.' : '';
}

const isPattern = (name: string) => /[*?[{]/.test(name);

/** A shell that finds no match, or sees quotes, hands a pattern on as it is. */
function filesLike(pattern: string, folder: string): readonly InputFile[] {
  if (!isPattern(pattern)) return [];
  return globSync(pattern, { cwd: folder, withFileTypes: false })
    .map((name) => ({ name, path: resolve(folder, name) }))
    .filter(({ path }) => !statSync(path).isDirectory())
    .toSorted(byName);
}

function byName(a: InputFile, b: InputFile): number {
  return a.name < b.name ? -1 : 1;
}
