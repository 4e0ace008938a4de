import { cpSync, existsSync, globSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Copy } from './dockerfile.ts';
import type { ContainerImage } from './model.ts';

/** The sources of a COPY that are not in the folder of the build. */
export function missingSources({ directory, plan }: ContainerImage): readonly string[] {
  return plan.copies.flatMap(({ sources }) => sources).filter((source) => filesOf(directory, source).length === 0);
}

/** Copies what the image has beside its base into `root`, in the order of the Dockerfile. */
export function layOut({ directory, plan }: ContainerImage, root: string): void {
  mkdirSync(join(root, plan.workingDirectory), { recursive: true });
  for (const copy of plan.copies) copyFiles(directory, copy, root);
}

/**
 * What a path of the image is here: below `root` for what was copied, otherwise the same path of this machine. The files
 * of the base image are not here.
 */
export function pathHere(path: string, root: string): string {
  if (!path.startsWith('/') || path === '/') return path;
  const inImage = join(root, path);
  return existsSync(inImage) ? inImage : path;
}

/** A folder is copied by its content, a file under its own name or under that of the destination (Docker, COPY). */
function copyFiles(directory: string, { sources, destination, intoFolder }: Copy, root: string): void {
  const target = join(root, destination);
  for (const source of sources.flatMap((one) => filesOf(directory, one))) {
    const isFolder = statSync(source).isDirectory();
    const isInto = intoFolder || (existsSync(target) && statSync(target).isDirectory());
    const to = isFolder || !isInto ? target : join(target, basename(source));
    mkdirSync(isFolder ? to : dirname(to), { recursive: true });
    cpSync(source, to, { recursive: true, dereference: true });
  }
}

function filesOf(directory: string, source: string): readonly string[] {
  const whole = join(directory, source);
  if (existsSync(whole)) return [whole];
  return globSync(source, { cwd: directory })
    .toSorted()
    .map((path) => join(directory, path));
}
