import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));
const document = readFileSync(join(packageRoot, 'docs/fidelity.md'), 'utf8');

/** `[file](path)` and the test names in backticks that follow it, row by row. */
function namedTests(): { path: string; name: string }[] {
  return document.split('\n').flatMap((row) =>
    row
      .split('[')
      .slice(1)
      .flatMap((part) => {
        const path = /^[\w-]+\]\((\S+\.test\.ts)\)/.exec(part)?.[1];
        if (path === undefined) return [];
        return [...part.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({ path, name }));
      }),
  );
}

test('every test that docs/fidelity.md names exists', () => {
  const named = namedTests();
  expect(named.length).toBeGreaterThan(80);
  const missing = named.filter(({ path, name }) => {
    const file = join(packageRoot, 'docs', path);
    return !existsSync(file) || !readFileSync(file, 'utf8').replaceAll("\\'", "'").includes(name);
  });
  expect(missing).toEqual([]);
});

test('every row about AWS names a test', () => {
  const tables = document.slice(0, document.indexOf('## Different here'));
  const rows = tables.split('\n').filter((line) => /^\| [^-]/.test(line) && !line.startsWith('| behaviour'));
  expect(rows.filter((row) => !row.includes('.test.ts) `'))).toEqual([]);
});

test('the error codes it lists are those that the code has', () => {
  const sources = globSync('src/**/*.ts', { cwd: packageRoot });
  const codes = sources.flatMap((source) => {
    const text = readFileSync(join(packageRoot, source), 'utf8');
    const own = [...text.matchAll(/new LocalRuntimeError\(\s*'([A-Z_]+)'/g)];
    const refusals = [...text.matchAll(/^ {2}code: '([A-Z_]+)',$/gm)];
    const tables = text.matchAll(/const \w+ErrorCodes = \{\n(.*?)\n\}/gs);
    const table = [...tables].flatMap(([, body = '']) => [...body.matchAll(/^ {2}([A-Z_]+): ['"]/gm)]);
    return [...own, ...refusals, ...table].map(([, code = '']) => code);
  });
  const listed = document.slice(document.indexOf('## Error codes')).matchAll(/^\| `([A-Z_]+)`/gm);
  expect(new Set([...listed].map(([, code]) => code))).toEqual(new Set(codes));
});
