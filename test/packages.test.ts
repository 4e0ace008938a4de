import { globSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

interface Manifest {
  readonly dependencies?: object;
  readonly peerDependencies?: object;
}

const manifestOf = (folder: string) => JSON.parse(textOf(join(folder, 'package.json'))) as Manifest;
const packages = globSync('packages/*', { cwd: root }).toSorted();
const sources = globSync('**/*.{ts,js,mjs,cjs}', {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|cdk\.out|coverage)$/.test(path),
}).toSorted();

/** What a file imports: a relative path, or the name that another package is reached by. */
function importsOf(file: string): readonly string[] {
  const found = textOf(file).matchAll(
    /(?:^(?:import|export|\}) .*?from |^import |\bimport\(|\brequire\()'([^'\n]+)'/gm,
  );
  return [...found].map(([, specifier]) => specifier!);
}

const isRelative = (specifier: string) => specifier.startsWith('.');
const nameOf = (specifier: string) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)![0];

test('the app reaches a package by its name only, never by a path', () => {
  const outside = sources.filter((file) => !file.startsWith('packages/'));
  const reaching = outside.filter((file) =>
    importsOf(file).some(
      (specifier) => isRelative(specifier) && normalize(join(file, '..', specifier)).startsWith('packages/'),
    ),
  );
  expect(outside.length).toBeGreaterThan(200);
  expect(reaching).toEqual([]);
});

describe.each(packages)('%s', (folder) => {
  const manifest = manifestOf(folder);
  const files = sources.filter((file) => file.startsWith(`${folder}/`));

  test('imports no file outside of its folder', () => {
    const leaving = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => isRelative(specifier))
        .map((specifier) => normalize(join(file, '..', specifier)))
        .filter((path) => !path.startsWith(`${folder}/`)),
    );
    expect(files.length).toBeGreaterThan(5);
    expect(leaving).toEqual([]);
  });

  test('declares each package that its sources import', () => {
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const imported = files
      .filter((file) => file.startsWith(`${folder}/src/`))
      .flatMap(importsOf)
      .filter((specifier) => !isRelative(specifier) && !specifier.startsWith('node:'))
      .map(nameOf);
    expect(imported.filter((name) => !declared.includes(name))).toEqual([]);
  });
});
