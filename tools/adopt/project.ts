import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { contains, renamer, type Word } from './words.ts';

/** A rename that is not begun, and why. */
export class RenameRefused extends Error {
  override readonly name = 'RenameRefused';
}

/** A file, and what becomes of it. */
export interface Renaming {
  readonly path: string;
  readonly newPath: string;
  readonly text: string;
  readonly newText: string;
}

/** The tool, its tests and its pages speak of words, and stay. The packages know no orders. */
const stays = /^(?:packages\/|LICENSE$)|(?:^|[/-])adopt\b/;
/** Longer words do not fit into the names that AWS allows. */
const longestWord = 20;

/** The word that the project in a folder has now: the name of the app says it, and its command has the plural. */
export function wordOf(directory: string): Word {
  const { name, bin } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly bin: Readonly<Record<string, string>>;
  };
  const [plural] = Object.keys(bin);
  if (!name.endsWith('-pipeline') || plural === undefined) {
    throw new RenameRefused(
      `The word of this project is not known: "name" in package.json is ${name}, and should be like order-pipeline.`,
    );
  }
  return { singular: name.slice(0, -'-pipeline'.length), plural };
}

/**
 * What a rename does to each file that git knows.
 * @throws {RenameRefused} when the word is none, or stands for something else in the code
 */
export function plan(directory: string, to: Word): readonly Renaming[] {
  const from = wordOf(directory);
  refuseUnfit(from, to);
  const files = git(directory, 'ls-files', '-z').split('\0').filter(Boolean);
  const read = (path: string) => readFileSync(join(directory, path), 'utf8');
  const sources = files.filter((path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path));
  const rename = renamer(from, to, namesOfPackages(sources.map(read), from));
  const renamings = files
    .filter((path) => !stays.test(path) && lstatSync(join(directory, path)).isFile())
    .flatMap((path) => {
      const text = read(path);
      if (text.includes('\0')) return [];
      const newText = path === 'package-lock.json' ? renamedLock(text, rename) : renamedText(path, text, rename);
      return [{ path, newPath: rename(path), text, newText }];
    });
  refuseCollisions(renamings, rename);
  return renamings.filter(({ path, newPath, text, newText }) => path !== newPath || text !== newText);
}

/** Writes what `plan` made, and takes away the folders that are empty then. */
export function carryOut(directory: string, renamings: readonly Renaming[]): void {
  for (const { path, newPath, newText } of renamings) {
    const target = join(directory, newPath);
    mkdirSync(dirname(target), { recursive: true });
    if (path !== newPath) renameSync(join(directory, path), target);
    writeFileSync(target, newText);
  }
  for (const { path } of renamings) removeEmpty(join(directory, dirname(path)));
}

/** @throws {RenameRefused} when git is not there, or does not know the folder */
export function git(directory: string, ...args: readonly string[]): string {
  const ended = spawnSync('git', args, { cwd: directory, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (ended.status === 0) return ended.stdout;
  const why = ended.error?.message ?? ended.stderr.trim();
  throw new RenameRefused(`git ${args[0]}: ${why}. The project must be a clean tree of git: git can take all back.`);
}

function removeEmpty(folder: string): void {
  try {
    if (readdirSync(folder).length > 0) return;
  } catch {
    return;
  }
  rmdirSync(folder);
  removeEmpty(dirname(folder));
}

function refuseUnfit(from: Word, { singular, plural }: Word): void {
  for (const word of [singular, plural]) {
    if (!/^[a-z]+$/.test(word) || word.length < 2 || word.length > longestWord) {
      throw new RenameRefused(`"${word}" is no word of 2 to ${longestWord} letters from a to z.`);
    }
  }
  if (isReserved(singular)) throw new RenameRefused(`"${singular}" is a word of JavaScript.`);
  if (singular === plural) {
    throw new RenameRefused(`"${singular}" is its own plural: code could not tell one from many. Choose another word.`);
  }
  if (singular === from.singular) throw new RenameRefused(`The project says "${singular}" already.`);
}

function isReserved(word: string): boolean {
  try {
    void new Script(`'use strict'; let ${word};`);
    return false;
  } catch {
    return true;
  }
}

/** Names like `creationOrder` that a package has for its own things: the app must call them as the package does. */
function namesOfPackages(sources: readonly string[], from: Word): readonly string[] {
  const names = sources.flatMap((text) => text.match(/[A-Za-z_$][\w$]*/g) ?? []);
  return [...new Set(names)]
    .filter((name) => name.toLowerCase() !== from.singular && name.toLowerCase() !== from.plural)
    .filter((name) => contains(name, from));
}

/** Of a lock file, the names of the project itself. The others are of packages. */
function renamedLock(text: string, rename: (text: string) => string): string {
  const lock = JSON.parse(text) as { name: string; packages: { '': { name: string; bin: object } } };
  const root = lock.packages[''];
  lock.name = rename(lock.name);
  root.name = rename(root.name);
  root.bin = JSON.parse(rename(JSON.stringify(root.bin))) as object;
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}

function renamedText(path: string, text: string, rename: (text: string) => string): string {
  if (!path.endsWith('.md')) return rename(text);
  return text
    .split(/(^```[^]*?^```$)/m)
    .map((part, index) => {
      const isFence = index % 2 === 1;
      return isFence
        ? part
            .split('\n')
            .map((line) => renamedLine(line, rename))
            .join('\n')
        : rename(part);
    })
    .join('');
}

/** A line of an example in a page. What was cut to the width of a terminal stays cut there. */
function renamedLine(line: string, rename: (text: string) => string): string {
  const renamed = /[─│┌└►◄]| {2,}# /.test(line) ? renamedDrawing(line, rename) : rename(line);
  return line.endsWith('…') && renamed.length > line.length ? `${renamed.slice(0, line.length - 1)}…` : renamed;
}

/** A line of columns, or of a drawing. What stands further right stays where it is, as far as there is room. */
function renamedDrawing(line: string, rename: (text: string) => string): string {
  let excess = 0;
  return line
    .split(/( {2,}|─{2,})/)
    .map((part, index) => {
      if (index % 2 === 0) {
        const renamed = rename(part);
        excess += renamed.length - part.length;
        return renamed;
      }
      const length = Math.max(1, part.length - excess);
      excess -= part.length - length;
      return part.charAt(0).repeat(length);
    })
    .join('');
}

/** A file would have one name for two things, or two files one path. */
function refuseCollisions(renamings: readonly Renaming[], rename: (text: string) => string): void {
  const paths = new Set(renamings.map(({ path }) => path));
  const taken = renamings.flatMap(({ path, newPath, text }) => {
    if (path !== newPath && paths.has(newPath)) return [newPath];
    if (path.endsWith('.md') || path === 'package-lock.json') return [];
    const names = new Set(withoutComments(text).match(/[A-Za-z_$][\w$]*/g));
    const twice = [...names].filter((name) => rename(name) !== name && names.has(rename(name)));
    return twice.map((name) => `${path}: ${name} and ${rename(name)}`);
  });
  if (taken.length === 0) return;
  const shown = taken.slice(0, 5).map((place) => `  ${place}\n`);
  const places = `${taken.length} ${taken.length === 1 ? 'place' : 'places'}`;
  throw new RenameRefused(
    `The code has the new word already, for something else, at ${places}:\n${shown.join('')}` +
      'Choose another word, or rename these first.',
  );
}

/** Roughly: a name in a comment hurts nobody, and a name in a string may be one. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\/|(?<=^|[ ;{}()])\/\/.*|^ *# .*/gm, '');
}

/** Renamed files that used the new word before, for something else: a reader may take one for the other. */
export function othersWith(renamings: readonly Renaming[], to: Word): readonly string[] {
  return renamings
    .filter(({ path, text }) => path !== 'package-lock.json' && contains(text, to))
    .map(({ newPath }) => newPath);
}
