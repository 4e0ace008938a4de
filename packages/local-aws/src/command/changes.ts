import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { sleep, systemClock } from '../clock.ts';

/** How soon a change of a single file is seen. */
const fileCheckMs = 200;

/** Editors' swap and backup files, and the file by which vim tries whether it may write. */
const editorFiles = /^\.|~$|^4913$/;

/** Matches no name. */
const noFiles = /(?!)/;

/**
 * Calls `note` whenever a file at or below `path` changes, appears or goes, unless its name is one of the `unwatched`.
 * Dispose of it to stop.
 *
 * Every folder has a watcher of its own: Node's recursive one loses sight of a file, on Linux, as soon as an editor
 * replaces it instead of writing into it. A single file is looked at now and then, because its folder may be removed
 * and made anew, as cdk.out is.
 */
function watchTree(path: string, note: () => void, unwatched: RegExp): Disposable {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? new FolderWatch(path, note, unwatched) : watchFile(path, note);
}

function watchFile(path: string, note: () => void): Disposable {
  let known = versionOf(path);
  const timer = setInterval(() => {
    const version = versionOf(path);
    if (version === known) return;
    known = version;
    if (version !== undefined) note();
  }, fileCheckMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function versionOf(path: string): string | undefined {
  const file = statSync(path, { throwIfNoEntry: false });
  return file && `${file.ino} ${file.mtimeMs} ${file.size}`;
}

class FolderWatch implements Disposable {
  readonly #root: string;
  readonly #note: () => void;
  readonly #unwatched: RegExp;
  /** By path and inode: a folder removed and made anew is another one. */
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(root: string, note: () => void, unwatched: RegExp) {
    this.#root = root;
    this.#note = note;
    this.#unwatched = unwatched;
    this.#watchFolders();
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #watchFolders(): void {
    const folders = new Map(foldersBelow(this.#root));
    for (const [key, watcher] of this.#watchers) {
      if (folders.has(key)) continue;
      watcher.close();
      this.#watchers.delete(key);
    }
    for (const [key, path] of folders) {
      if (!this.#watchers.has(key)) this.#watchers.set(key, this.#watchFolder(path));
    }
  }

  #watchFolder(path: string): FSWatcher {
    const watcher = watch(path, (event, name) => {
      if (name !== null && (editorFiles.test(basename(name)) || this.#unwatched.test(basename(name)))) return;
      if (event === 'rename') this.#watchFolders();
      this.#note();
    });
    // The folder has gone; the watcher of the one above tells.
    return watcher.on('error', () => {});
  }
}

/** A folder and all below it, each with a key that tells it from a later one of the same name. */
function foldersBelow(path: string): [string, string][] {
  try {
    const below = readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !editorFiles.test(entry.name))
      .flatMap((entry) => foldersBelow(join(path, entry.name)));
    return [[`${path} ${statSync(path).ino}`, path], ...below];
  } catch {
    // Gone in the meantime.
    return [];
  }
}

/** Editors save in several steps, and one change seldom comes alone: what counts is the end of the last one. */
const quietMs = 100;

/** Changes at or below some paths, from its construction on; dispose of it to stop watching. */
export class Changes implements Disposable {
  readonly #watches = new DisposableStack();
  #count = 0;
  #next = Promise.withResolvers<void>();

  constructor(paths: readonly string[], unwatched = noFiles) {
    for (const path of paths) this.#watches.use(watchTree(path, () => this.#note(), unwatched));
  }

  /**
   * Calls `onChange` after changes, one call at a time, until `signal` aborts. Changes during a call lead to one more.
   */
  async forEach(onChange: () => Promise<void>, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#note(), { once: true });
    while (!signal.aborted) {
      await this.#next.promise;
      for (let seen = -1; seen !== this.#count; await sleep(systemClock, quietMs, signal)) seen = this.#count;
      this.#next = Promise.withResolvers<void>();
      if (!signal.aborted) await onChange();
    }
  }

  [Symbol.dispose](): void {
    this.#watches.dispose();
  }

  #note(): void {
    this.#count += 1;
    this.#next.resolve();
  }
}
