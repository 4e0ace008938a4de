import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readAssembly } from 'local-aws';
import { projectRoot } from '../../tools/run/synthesize.ts';
import { ProjectCopy } from '../tools/run/serve/project-copy.ts';
import { changed } from './changed.ts';

const page = readFileSync(join(projectRoot, 'docs/add-a-function.md'), 'utf8');
const [aFunction = '', aQueue = ''] = page.split('## A queue behind it');
let copy: ProjectCopy;

beforeAll(() => {
  copy = new ProjectCopy();
  mkdirSync(join(copy.directory, 'docs'));
  cpSync(join(projectRoot, 'docs/runbook.md'), join(copy.directory, 'docs/runbook.md'));
});

afterAll(() => copy[Symbol.dispose]());

/** Does what a part of the page says: a block is a new file, or a change of one place of a file. */
function follow(part: string): void {
  for (const [, language, path = '', text = ''] of part.matchAll(/^```(ts|diff)\n(?:\/\/|---) (\S+)\n([^]*?)^```/gm)) {
    mkdirSync(dirname(join(copy.directory, path)), { recursive: true });
    copy.save(path, language === 'ts' ? text : changed(copy.read(path), text));
  }
}

/** What the app synthesizes. With validation, as in `cdk synth`, the CDK and cdk-nag review it. */
function synthesized(CDK_VALIDATION: 'true' | 'false') {
  const outdir = join(copy.directory, 'cdk.out');
  const env = { ...process.env, CDK_VALIDATION, CDK_OUTDIR: outdir };
  const { status, stderr } = spawnSync(process.execPath, ['bin/app.ts'], {
    cwd: copy.directory,
    env,
    encoding: 'utf8',
  });
  expect([status, stderr.replaceAll(/^Bundling asset .*\n/gm, '')]).toEqual([0, '']);
  const { functions, mappings, queues } = readAssembly(outdir, { endpointUrl: 'http://127.0.0.1:4566' });
  const names = queues.map(({ name }) => name).filter((name) => name.includes('labels'));
  return { functions: functions.length, mappings: mappings.length, labels: names.toSorted() };
}

test('the page adds a function, and then a queue with a consumer behind it', () => {
  follow(aFunction);
  expect(synthesized('false')).toEqual({ functions: 4, mappings: 2, labels: [] });
  follow(aQueue);
  const labels = ['OrderPipeline-failed-labels', 'OrderPipeline-labels'];
  expect(synthesized('true')).toEqual({ functions: 5, mappings: 3, labels });

  const files = ['lib', 'lambdas/request-label', 'lambdas/print-label'];
  cpSync(join(projectRoot, 'tsconfig.json'), join(copy.directory, 'tsconfig.json'));
  copy.save('tsconfig.lib.json', JSON.stringify({ extends: './tsconfig.json', include: files }));
  const tsc = ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.lib.json'];
  execFileSync(process.execPath, tsc, { cwd: copy.directory, stdio: 'pipe' });
});
