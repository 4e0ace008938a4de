import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TemporaryFolder } from 'local-aws';
import { queueWith, writeAssembly } from 'local-aws/testing';
import { Command, projectRoot } from './served.ts';

/** Of somebody with another app: it has a `cdk.out`. */
let folder: TemporaryFolder;

beforeAll(() => {
  folder = new TemporaryFolder('another-app-');
  const uploads = queueWith({ QueueName: 'uploads' });
  const written = writeAssembly({ Photos: { template: { Resources: { Uploads: uploads } } } });
  cpSync(written, join(folder.path, 'cdk.out'), { recursive: true });
  rmSync(written, { recursive: true });
});

afterAll(() => folder[Symbol.dispose]());

const serve = (assembly: string, env: NodeJS.ProcessEnv = {}) =>
  new Command(['node', 'bin/local.ts', '--assembly', assembly, '--port', '0'], { directory: projectRoot, env });

test('--assembly serves another app; its folder is meant as seen from where npm was called', async () => {
  const npm = { INIT_CWD: folder.path, npm_package_json: join(projectRoot, 'package.json') };
  await using command = serve('cdk.out', npm);
  await command.until(/\/000000000000\/uploads\n/);
  expect(command.output).not.toContain('Synthesizing');
});

test('a folder without an assembly is one clear message and exit code 1', async () => {
  await using command = serve(join(folder.path, 'nowhere'));
  expect(await command.exited).toBe(1);
  expect(command.output).toContain('ASSEMBLY_NOT_FOUND');
  expect(command.output).not.toContain('    at ');
  expect(command.temporaryFiles()).toEqual([]);
});
