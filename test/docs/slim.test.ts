import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { projectRoot } from '../../tools/run/synthesize.ts';
import { ProjectCopy } from '../tools/run/serve/project-copy.ts';
import { changed } from './changed.ts';

/** A section that was followed in this project is left out here, too. */
const sections = readFileSync(join(projectRoot, 'docs/slim.md'), 'utf8')
  .split(/^## /m)
  .filter((section) => existsSync(join(projectRoot, /^rm -r (\S+)/m.exec(section)?.[1] ?? '')));
const copied =
  '.github .npmrc .oxlintrc.json CHANGELOG.md LICENSE README.md docs jest.config.js package-lock.json test tsconfig.json';
/** Suites that know of every part of the project, or of one that goes. */
const suites = ['architecture', 'dependencies', 'docs-links', 'packages', 'tour'];
let copy: ProjectCopy;

beforeAll(() => {
  copy = new ProjectCopy();
  for (const name of copied.split(' ')) {
    cpSync(join(projectRoot, name), join(copy.directory, name), { recursive: true });
  }
});

afterAll(() => copy[Symbol.dispose]());

function run(...args: readonly string[]): string {
  const env = { ...process.env, JEST_WORKER_ID: undefined };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy.directory, encoding: 'utf8', env });
  return status === 0 ? '' : `${stdout}\n${stderr}`;
}

test('every part that the page leaves out goes without a trace in types, lint and tests', () => {
  for (const [, language, text = ''] of sections.join('').matchAll(/^```(sh|diff)\n([^]*?)^```/gm)) {
    const [, path = '', change = ''] = /^--- (\S+)\n([^]*)$/.exec(text) ?? [];
    if (language === 'diff') copy.save(path, changed(copy.read(path), change));
    else {
      // The copy has the modules of this checkout: only the manifest and the lock file lose a package.
      const lines = text.replaceAll('npm uninstall', 'npm uninstall --package-lock-only --offline');
      execFileSync('bash', ['-ec', lines], { cwd: copy.directory, stdio: ['ignore', 'ignore', 'pipe'] });
    }
  }
  expect(run('node_modules/typescript/bin/tsc', '--noEmit')).toBe('');
  const folders = ['bin', 'docs', 'lambdas', 'lib', 'shared', 'test', 'tools'];
  expect(run('node_modules/oxlint/bin/oxlint', '--deny-warnings', ...folders)).toBe('');
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand'];
  expect(run(...jest, ...suites.map((suite) => `test/${suite}.test.ts`))).toBe('');
});
