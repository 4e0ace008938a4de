import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { functionNames, metafileOf } from './lambdas/metafiles.ts';

interface Lists {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly inBundle?: boolean;
  readonly resolved?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
}

const text = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const manifest = JSON.parse(text('package.json')) as Lists & { readonly overrides: Readonly<Record<string, string>> };
const workspaces = ['packages/local-aws', 'packages/queue-doctor'];
const { packages } = JSON.parse(text('package-lock.json')) as { packages: Record<string, LockedPackage & Lists> };
const { '': root, ...others } = packages;
/** What a registry gives: without the workspaces and the links to them. */
const locked = Object.fromEntries(
  Object.entries(others).filter(
    ([path]) => !workspaces.some((folder) => folder.endsWith(path.replace('node_modules/', ''))),
  ),
);
const page = text('docs/dependencies.md');

/** Licences that let anybody use, change and pass on what is under them. */
const permissive = ['Apache-2.0', 'MIT'];

/** Cells of the table under a heading of docs/dependencies.md, code marks and the head left out. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** As the package states it. */
const licenceOf = (name: string) => locked[`node_modules/${name}`]?.license ?? '–';
const sections = { use: 'dependencies', development: 'devDependencies', platform: 'optionalDependencies' } as const;
const manifests = [
  manifest,
  ...workspaces.map((folder) => JSON.parse(text(`${folder}/package.json`)) as Partial<Lists>),
];
/** By every package.json; one that several name has a single row, with what it is to the first of them, the app. */
const wanted = manifests.flatMap((each) =>
  Object.entries(sections).flatMap(([purpose, list]) =>
    Object.entries(each[list] ?? {})
      .filter(([name]) => !workspaces.includes(`packages/${name}`))
      .map(([name, version]) => ({ name, purpose, version })),
  ),
);
const direct = wanted.filter(({ name }, index) => wanted.findIndex((each) => each.name === name) === index);

describe('the page on dependencies', () => {
  test('gives a reason for each direct one, with its licence, and for no other', () => {
    const rows = tableUnder('Direct');
    const facts = rows.map(([name, purpose, licence]) => [name, purpose, licence].join());
    expect(facts.toSorted()).toEqual(
      direct.map(({ name, purpose }) => [name, purpose, licenceOf(name)].join()).toSorted(),
    );
    expect(rows.filter(([, , , , why = '']) => why.length < 8)).toEqual([]);
  });

  test('names each package that wants to run a script when it is installed, and no other', () => {
    const wanting = Object.entries(locked).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const names = wanting.map(([path]) => path.split('node_modules/').at(-1));
    expect(new Set(tableUnder('Install scripts').map(([name]) => name))).toEqual(new Set(names));
    expect(text('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  });

  test('names each package that ships, where, and under which permissive licence, and no other', () => {
    const shipped = new Map<string, string[]>();
    for (const functionName of functionNames) {
      for (const name of packagesIn(functionName)) shipped.set(name, [...(shipped.get(name) ?? []), functionName]);
    }
    const facts = [...shipped].map(([name, functions]) => [name, licenceOf(name), functions.join(', ')]);
    expect(tableUnder('What ships in the functions')).toEqual(facts.toSorted(byName));
    expect(facts.filter(([, licence = '']) => !permissive.includes(licence))).toEqual([]);
  });
});

/** Packages with code in a function's bundles; ajv's is in a generated file, which names where it is from. */
function packagesIn(functionName: (typeof functionNames)[number]): ReadonlySet<string> {
  // With events there is another entry, which has all of the plain one.
  const handler = ['process-orders', 'failed-orders'].includes(functionName) ? 'handler-with-events' : 'handler';
  const inputs = Object.values(metafileOf(functionName, handler).outputs).flatMap(({ inputs: of }) => Object.keys(of));
  const places = inputs.flatMap((input) => (input.endsWith('.generated.js') ? text(input).split('"') : input));
  return new Set(places.flatMap((place) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(place)?.[1] ?? []));
}

function byName([a = '']: readonly (string | undefined)[], [b = '']: readonly (string | undefined)[]): number {
  return a < b ? -1 : 1;
}

describe('the lock file', () => {
  test('is of this package.json, whose versions are exact', () => {
    for (const list of Object.values(sections)) expect(root![list]).toEqual(manifest[list]);
    const versions = [...wanted.map(({ version }) => version), ...Object.values(manifest.overrides)];
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    const installed = wanted.map(({ name }) => locked[`node_modules/${name}`]?.version);
    expect(installed).toEqual(wanted.map(({ version }) => version));
    expect(text('.npmrc')).toMatch(/^save-exact=true$/m);
  });

  test('has a SHA-512 for every package that does not lie inside another', () => {
    const unchecked = Object.entries(locked).filter(
      ([, { integrity, inBundle }]) => inBundle !== true && integrity?.startsWith('sha512-') !== true,
    );
    expect(unchecked.map(([path]) => path)).toEqual([]);
    const inside = Object.entries(locked).filter(([, { inBundle }]) => inBundle === true);
    const holders = inside.map(([path]) => path.slice(0, path.lastIndexOf('/node_modules/')));
    expect(holders.filter((path) => locked[path] === undefined)).toEqual([]);
  });

  test('names no place to fetch from, so that any registry will do', () => {
    expect(Object.entries(locked).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});
