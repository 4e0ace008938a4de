import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { wordOf } from '../../tools/adopt/project.ts';
import { pluralOf, renamer } from '../../tools/adopt/words.ts';
import { projectRoot } from '../../tools/run/synthesize.ts';

const notCopied = new Set(['.git', '.local-runtime', 'cdk.out', 'coverage', 'node_modules']);
const from = wordOf(projectRoot);
const singular = from.singular === 'shipment' ? 'booking' : 'shipment';
const rename = renamer(from, { singular, plural: pluralOf(singular) });

/** Of each kind of suite those that take a second or two; by the names that they have before. */
const suites = [
  `test/lambdas/failed-${from.plural}/handler.test.ts`,
  `test/lambdas/process-${from.plural}/handler.test.ts`,
  `test/lib/${from.plural}-table.test.ts`,
  'test/shared/generated-files.test.ts',
  `test/shared/read-${from.singular}.test.ts`,
  `test/tools/${from.plural}/input/csv.test.ts`,
  `test/tools/${from.plural}/failure-text.test.ts`,
  `test/tools/${from.plural}/status-text.test.ts`,
  `test/tools/${from.plural}/terminal/log-line.test.ts`,
  'test/tools/chaos/invariants.test.ts',
  'test/architecture.test.ts',
  'test/docs-links.test.ts',
  'test/packages.test.ts',
  'test/tour.test.ts',
];

const directory = mkdtempSync(join(tmpdir(), 'adopt-'));

function run(command: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, JEST_WORKER_ID: undefined },
  });
  return { status, stdout, stderr };
}
const node = (...args: readonly string[]) => run(process.execPath, ...args);

beforeAll(() => {
  for (const name of readdirSync(projectRoot)) {
    if (!notCopied.has(name)) cpSync(join(projectRoot, name), join(directory, name), { recursive: true });
  }
  symlinkSync(join(projectRoot, 'node_modules'), join(directory, 'node_modules'));
  run('git', 'init', '--quiet');
  // .gitignore knows a folder, not a link.
  appendFileSync(join(directory, '.git/info/exclude'), 'node_modules\n');
  run('git', 'add', '--all');
  run('git', '-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'Begin');
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('a project takes a word of its own, and types, lint and tests are green', () => {
  const adopted = node('bin/adopt.ts', singular, '--no-tests');
  expect({ ...adopted, stdout: adopted.stdout.split('\n').at(-2) }).toMatchObject({
    status: 0,
    stdout: 'All is staged: read `git diff --staged`, then commit it.',
  });

  const jest = node(
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--runInBand',
    ...suites.map(rename),
  );
  expect(jest.stderr).not.toMatch(/^FAIL/m);
  expect(jest.stderr).toContain(`Test Suites: ${suites.length} passed, ${suites.length} total`);
  expect(jest.status).toBe(0);

  const started = node('bin/start.ts', '--seed', '7');
  expect(started.stdout).toContain(`✔ every ${singular} is accounted for: sent 10 = processed 9 + failed 1`);
  expect(started.status).toBe(0);
  // 30 s on an idle machine, and five times as long on a busy one: jest's limit would come near.
}, 600_000);

test('neither a name in its code nor a path has the old word', () => {
  const old = `${from.singular.charAt(0).toUpperCase()}${from.singular.slice(1)}`;
  const names = new RegExp(
    String.raw`\b(?:\w*(?:${old}|${from.singular.toUpperCase()})\w*|${from.singular}[A-Z_]\w*)`,
    'g',
  );
  const files = globSync('{bin,lib,lambdas,shared,tools,test,docs}/**/*', { cwd: directory });
  const own = files.filter((path) => !/(?:^|[/-])adopt\b/.test(path));
  expect(own.length).toBeGreaterThan(300);
  expect(own.filter((path) => new RegExp(from.singular, 'i').test(path))).toEqual([]);

  const code = own.filter((path) => path.endsWith('.ts'));
  const left = code.flatMap((path) => readFileSync(join(directory, path), 'utf8').match(names) ?? []);
  expect(left).toEqual([]);
});
