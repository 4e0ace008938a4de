import { existsSync, type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { sleep, systemClock } from '../../local/clock.ts';

/** Editors save in several steps, and one change seldom comes alone. */
const quietMs = 100;

/**
 * Calls `onChange` after changes to the files and below the folders of `paths`, one call at a time, until `signal`
 * aborts. Changes during a call lead to one more.
 */
export async function watchChanges(
  paths: readonly string[],
  onChange: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let changed = Promise.withResolvers<void>();
  const note = () => changed.resolve();
  signal.addEventListener('abort', note, { once: true });
  using watchers = new DisposableStack();
  for (const path of paths) {
    const watcher = watchPath(path, note);
    watchers.defer(() => watcher.close());
  }
  while (!signal.aborted) {
    await changed.promise;
    await sleep(systemClock, quietMs, signal);
    changed = Promise.withResolvers<void>();
    if (!signal.aborted) await onChange();
  }
}

/** A file is watched through its folder: editors replace files instead of writing into them. */
function watchPath(path: string, note: () => void): FSWatcher {
  if (existsSync(path) && statSync(path).isDirectory()) return watch(path, { recursive: true }, note);
  return watch(dirname(path), (_event, name) => {
    if (name === basename(path)) note();
  });
}
