import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { table } from '../orders/terminal/output.ts';
import { projectRoot, TemporaryFolder } from '../run/synthesize.ts';

/** The part of jest's `--json` report that is read here. */
interface Report {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly duration?: number | null }[];
  }[];
}

const shown = 10;

const { args } = new Command('npm run test:slowest --')
  .description('Runs jest and says how long it took and which tests took longest.')
  .argument('[jest...]', "jest's own arguments")
  .allowUnknownOption()
  .parse();
using folder = new TemporaryFolder();
const file = join(folder.path, 'report.json');
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const startedAtMs = performance.now();
const child = spawn(process.execPath, [...jest, '--json', `--outputFile=${file}`, ...args], {
  cwd: projectRoot,
  // Its report on stdout is the file's; what it says to people is on stderr.
  stdio: ['ignore', 'ignore', 'inherit'],
});
const [code] = (await once(child, 'exit')) as [number | null];
const seconds = (performance.now() - startedAtMs) / 1000;
const { numTotalTests, testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
const slowest = testResults
  .flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, duration }) => ({ file: relative(projectRoot, name), fullName, duration })),
  )
  .toSorted((a, b) => (b.duration ?? 0) - (a.duration ?? 0))
  .slice(0, shown);
console.log(`${numTotalTests} tests in ${testResults.length} files took ${seconds.toFixed(0)} s. The slowest:`);
const rows = slowest.map((test) => [((test.duration ?? 0) / 1000).toFixed(1), test.file, test.fullName]);
console.log(table([{ title: 's', align: 'right' }, { title: 'file' }, { title: 'test' }], rows).join('\n'));
process.exitCode = code ?? 1;
