import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../tools/run/synthesize.ts';

const textOf = (file: string) => readFileSync(join(projectRoot, file), 'utf8');

const [table = ''] = /^\| folder[^]*?\n\n/m.exec(textOf('docs/architecture.md'))!;

/** Folders and what each may import, as the table of docs/architecture.md says; undefined: everything. */
const allowed: ReadonlyMap<string, readonly string[] | undefined> = new Map(
  [...table.matchAll(/^\| `([\w/-]+\/)` +\|[^|]+\| ([^|]+?) +\|$/gm)].map(([, folder, may]) => [
    folder!,
    may === 'everything' ? undefined : [...may!.matchAll(/`([\w/-]+\/)`/g)].map(([, other]) => other!),
  ]),
);

/** The folder of the table that a file belongs to: the longest that its path begins with. */
function folderOf(file: string): string | undefined {
  return [...allowed.keys()].filter((folder) => file.startsWith(folder)).toSorted((a, b) => b.length - a.length)[0];
}

const files = globSync(['{bin,lib,lambdas,shared,tools}/**/*.ts', 'packages/*/src/**/*.ts'], {
  cwd: projectRoot,
  exclude: ['**/node_modules/**'],
}).toSorted();

const packages = globSync('packages/*', { cwd: projectRoot }).map((path) => path.slice('packages/'.length));

/** Files of the project that a file imports, types included: paths from the root; packages by their folder. */
function importsOf(file: string): readonly string[] {
  return [...textOf(file).matchAll(/(?:^| )(?:from|import\(?) ?'([^']+)'/gm)].flatMap(([, specifier]) => {
    if (specifier!.startsWith('.')) return [join(dirname(file), specifier!)];
    const name = packages.find((each) => specifier === each || specifier!.startsWith(`${each}/`));
    return name === undefined ? [] : [`packages/${name}/`];
  });
}

const imports = files.flatMap((from) =>
  importsOf(from)
    .map((to) => ({ from, to, folder: folderOf(from), target: folderOf(to) }))
    .filter(({ folder, target }) => folder !== target),
);

describe('docs/architecture.md', () => {
  test('has a row for every folder', () => {
    expect([...new Set(files)].filter((file) => folderOf(file) === undefined)).toEqual([]);
    expect(imports.length).toBeGreaterThan(100);
  });

  test('says of each folder what it may import', () => {
    const surprises = imports.filter(({ folder, target }) => {
      const may = allowed.get(folder!);
      return may !== undefined && !may.some((other) => target?.startsWith(other));
    });
    expect(surprises.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  test('names no permission that nobody uses', () => {
    // A folder may be left out (docs/slim.md).
    const present = [...allowed].filter(([folder]) => files.some((file) => file.startsWith(folder)));
    const unused = present.flatMap(([folder, may]) =>
      (may ?? [])
        .filter((other) => !imports.some((each) => each.folder === folder && each.target?.startsWith(other)))
        .map((other) => `${folder} → ${other}`),
    );
    expect(unused).toEqual([]);
  });

  test.each(packages)('is right that %s is reached by its name only', (name) => {
    const inside = imports.filter(
      ({ from, to }) =>
        to.startsWith(`packages/${name}/`) && to !== `packages/${name}/` && !from.startsWith('packages/'),
    );
    expect(inside.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });
});
