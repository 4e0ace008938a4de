import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { carryOut, git, othersWith, plan, RenameRefused, type Renaming, wordOf } from './project.ts';
import { pluralOf } from './words.ts';

const usage = `Usage: npm run adopt -- <word> [--plural <words>] [--no-tests]

Gives the project a domain word of your own: in code, files, pages and names of the template.
The word is a noun in the singular, in lower case. docs/adopt.md says what happens.
`;

/**
 * `npm run adopt`: renames the project in a folder, which must be a clean tree of git, and ends with types, lint and
 * tests. What it changed is staged, so that `git reset --hard` takes everything back.
 * @returns the exit code: 0 renamed and green, 1 renamed and not green, 2 refused before any change
 */
export function adopt(
  args: readonly string[],
  directory: string,
  stdout: NodeJS.WritableStream,
  stderr: NodeJS.WritableStream,
): number {
  try {
    const { singular, plural, hasTests } = optionsOf(args);
    if (git(directory, 'status', '--porcelain') !== '') {
      throw new RenameRefused(
        'There are changes that are not committed. Commit them first: then git can take all back.',
      );
    }
    const from = wordOf(directory);
    const renamings = plan(directory, { singular, plural });
    carryOut(directory, renamings);
    git(directory, 'add', '--all');
    const moved = renamings.filter(({ path, newPath }) => path !== newPath).length;
    stdout.write(
      `${from.singular} → ${singular}, ${from.plural} → ${plural}: ${renamings.length} files changed, ${moved} renamed.\n`,
    );
    const mixed = othersWith(renamings, { singular, plural });
    if (mixed.length > 0) {
      stdout.write(`These used "${singular}" before, for something else. Read them: ${mixed.join(', ')}\n`);
    }
    const failed = settle(directory, renamings, hasTests, stdout);
    git(directory, 'add', '--all');
    stdout.write(
      failed.length === 0
        ? 'All is staged: read `git diff --staged`, then commit it.\n'
        : `Not green: ${failed.join(', ')}. All is staged: mend the rest, or take all back with \`git reset --hard\`.\n`,
    );
    return failed.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof RenameRefused)) throw error;
    stderr.write(`${error.message}\n`);
    return 2;
  }
}

function optionsOf(args: readonly string[]) {
  const options = { plural: { type: 'string' }, 'no-tests': { type: 'boolean' } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [singular, ...others] = positionals;
    if (singular !== undefined && others.length === 0) {
      return { singular, plural: values.plural ?? pluralOf(singular), hasTests: values['no-tests'] !== true };
    }
  } catch (error) {
    throw new RenameRefused(`${(error as Error).message}\n\n${usage}`);
  }
  throw new RenameRefused(usage);
}

/** Makes anew what follows from names, and runs the checks. @returns what failed */
function settle(
  directory: string,
  renamings: readonly Renaming[],
  hasTests: boolean,
  stdout: NodeJS.WritableStream,
): readonly string[] {
  const node = (...args: readonly string[]) =>
    spawnSync(process.execPath, args, { cwd: directory, stdio: 'inherit' }).status === 0;
  const prettier = (...args: readonly string[]) =>
    node('node_modules/prettier/bin/prettier.cjs', '--log-level', 'warn', '--write', '--ignore-unknown', ...args);
  const jest = (...args: readonly string[]) =>
    node('--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...args);
  // Longer words make longer lines: code is laid out anew, and of the pages the README, which fits into a terminal.
  const steps: readonly (readonly [name: string, step: () => boolean])[] = [
    ['generated files', () => node('bin/generate.ts')],
    ['layout', () => prettier(...renamings.map(({ newPath }) => newPath))],
    ['layout of the README', () => prettier('--prose-wrap', 'always', '--print-width', '80', 'README.md')],
    // Names of the template are new, and so are the checksums in its logical ids.
    ['snapshots', () => jest('--updateSnapshot', '--silent', ...suitesWithSnapshots(directory))],
    ['types', () => node('node_modules/typescript/bin/tsc', '--noEmit')],
    ['lint', () => node('node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings')],
    ...(hasTests ? [['tests', () => jest()] as const] : []),
  ];
  return steps.flatMap(([name, step]) => {
    stdout.write(`${name} …\n`);
    return step() ? [] : [name];
  });
}

function suitesWithSnapshots(directory: string): readonly string[] {
  return globSync('test/**/__snapshots__/*.snap', { cwd: directory }).map((path) =>
    path.replace('__snapshots__/', '').replace(/\.snap$/, ''),
  );
}
