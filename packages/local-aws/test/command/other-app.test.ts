import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TemporaryFolder } from '../../src/processes.ts';
import { RunningCommand } from '../../src/testing/running-command.ts';
import { installPacked, packageRoot, synthesizeThumbnails, uploadTo } from './other-app.ts';

/** A folder that has nothing but the `cdk.out` of a CDK app. */
let folder: TemporaryFolder;
const bin = join(packageRoot, 'bin/local-aws');

beforeEach(() => {
  folder = new TemporaryFolder('other-app-');
  synthesizeThumbnails(folder.path);
});

afterEach(() => folder[Symbol.dispose]());

test('a checkout serves the cdk.out of the folder that it is called in', async () => {
  await using command = new RunningCommand([bin, '--port', '0'], { directory: folder.path });
  expect(await uploadTo(command, 'cat.jpg')).toEqual(['cat.jpg']);
  await command.until(/resize .* resized cat\.jpg$/m);
  for (const line of [
    /^ {2}export AWS_ENDPOINT_URL=http/m,
    /^ {2}function {2}Thumbnails-Resize/m,
    /^ {2}table {5}images$/m,
  ]) {
    expect(command.output).toMatch(line);
  }
  const before = command.output.length;
  synthesizeThumbnails(folder.path);
  await command.until(/^Reloaded in /m, before);

  command.process.kill('SIGINT');
  expect(await command.exited).toBe(130);
  expect(command.output).toMatch(/^Stopping …$/m);
  expect(command.temporaryFiles()).toEqual([]);
});

test('with --quiet what the app does is not printed', async () => {
  await using command = new RunningCommand([bin, '--port', '0', '--quiet'], { directory: folder.path });
  expect(await uploadTo(command, 'cat.jpg')).toEqual(['cat.jpg']);
  command.process.kill('SIGTERM');
  expect(await command.exited).toBe(143);
  expect(command.output).toMatch(/^ready /);
  expect(command.output).not.toContain('resized');
});

test('what npm pack makes, which cannot run, says which command makes what can', () => {
  const modules = join(folder.path, 'node_modules');
  mkdirSync(modules);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', modules], { cwd: packageRoot });
  execFileSync('tar', ['-xzf', 'local-aws-0.1.0.tgz'], { cwd: modules });
  const { status, stderr } = spawnSync(join(modules, 'package/bin/local-aws'), { encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringContaining('npm run pack --workspace local-aws')]);
});

describe('the packed package', () => {
  let installed: TemporaryFolder;

  beforeAll(() => {
    installed = new TemporaryFolder('packed-');
    synthesizeThumbnails(installed.path);
    installPacked(installed.path);
  });

  afterAll(() => installed[Symbol.dispose]());

  test('serves it, as plain JavaScript below node_modules', async () => {
    const words = ['npx', '--no', '--', 'local-aws', '--port', '0'];
    await using command = new RunningCommand(words, { directory: installed.path });
    expect(await uploadTo(command, 'cat.jpg')).toEqual(['cat.jpg']);
    await command.until(/resized cat\.jpg$/m);
    // As a terminal's Ctrl-C, which reaches npm and all that npm started.
    process.kill(-(command.process.pid ?? 0), 'SIGINT');
    await command.exited;
    expect(command.output).toMatch(/^Stopping …$/m);
  });

  test('has both entries, with their types', () => {
    const script = `
      const { startRuntime, EventStream } = await import('local-aws');
      const { ManualClock } = await import('local-aws/testing');
      const about = { assembly: 'cdk.out', events: new EventStream(), port: 0, clock: new ManualClock() };
      const runtime = await startRuntime(about);
      console.log(runtime.model.queues.map(({ name }) => name).join());
      await runtime[Symbol.asyncDispose]();`;
    const options = { cwd: installed.path, encoding: 'utf8' } as const;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], options);
    expect([stdout, stderr]).toEqual(['uploads\n', '']);
    const types = ['index', 'testing/index'].map((entry) => `node_modules/local-aws/dist/${entry}.d.ts`);
    expect(types.filter((file) => !existsSync(join(installed.path, file)))).toEqual([]);
  });
});
