import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, queueWith, writeAssembly } from 'local-aws/testing';
import { ProjectCopy } from '../../run/serve/project-copy.ts';
import { Command } from '../../run/serve/served.ts';

let project: ProjectCopy;
let assemblies: string;

beforeAll(() => {
  project = new ProjectCopy();
  const stack = { template: { Resources: { Queue: queueWith({}) } } };
  assemblies = writeAssembly({
    Photos: stack,
    Films: stack,
    OrderPipeline: stack,
    'OrderPipeline-lab': stack,
    'OrderPipeline-dev': stack,
  });
});

afterAll(() => {
  project[Symbol.dispose]();
  rmSync(assemblies, { recursive: true });
});

const folder = () => join(project.directory, '.local-runtime');

/** Serves stacks of an assembly as `npm run local` of the project does. */
async function serving(...stacks: readonly string[]) {
  const words = ['--assembly', assemblies, '--port', '0', '--stack', ...stacks];
  const command = new Command(['node', 'bin/local.ts', ...words], { directory: project.directory });
  const [, url = ''] = await command.until(/^ready (\S+)/m);
  return {
    url,
    stop: () => command[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => command[Symbol.asyncDispose](),
  };
}

/** Runs `npx orders doctor --local` in the project: a command for any stack. */
async function doctor(stack: string | undefined, env: Readonly<Record<string, string>> = {}) {
  const named = stack === undefined ? [] : ['--stack', stack];
  const words = [join(project.directory, 'bin/orders'), 'doctor', '--local', ...named];
  await using command = new Command(words, { env: { AWS_ENDPOINT_URL: '', ...env } });
  return { exitCode: await command.exited, output: command.output };
}

test('--local finds the runtime of the project that has the stack, on any port, and says where', async () => {
  await using photos = await serving('Photos');
  await using films = await serving('Films');
  const { exitCode, output } = await doctor('Photos');
  expect(output).toContain(`The pipeline of this project is at ${photos.url}.\n`);
  expect(output).not.toContain(films.url);
  expect(output).toContain('Looked at 1 queue');
  expect(exitCode).toBe(0);
});

test('a stack that no runtime has is refused, with the stacks that there are', async () => {
  await using photos = await serving('Photos');
  await using both = await serving('Photos', 'Films');
  const { exitCode, output } = await doctor('Shop');
  expect(output).toContain('No runtime of this project has the stack Shop: ');
  expect(output).toContain(`${photos.url} has the stack Photos`);
  expect(output).toMatch(new RegExp(`${both.url} has the stacks (Photos, Films|Films, Photos)`));
  expect(exitCode).toBe(1);

  const named = await doctor('Shop', { AWS_ENDPOINT_URL: photos.url });
  expect(named.output).toContain(`There is no stack Shop at ${photos.url}. There is the stack Photos.`);
});

test('of two runtimes with the same stack none is chosen', async () => {
  await using one = await serving('Photos');
  await using other = await serving('Photos');
  const { exitCode, output } = await doctor('Photos');
  expect(output).toContain('Several runtimes of this project serve the stack Photos, at ');
  for (const { url } of [one, other]) expect(output).toContain(url);
  expect(exitCode).toBe(1);
  expect(await doctor('Photos', { AWS_ENDPOINT_URL: one.url })).toMatchObject({ exitCode: 0 });
});

test('the one pipeline that is served needs no name, whatever its stage is; of several none is chosen', async () => {
  await using lab = await serving('OrderPipeline-lab', 'Photos');
  expect((await doctor(undefined)).output).toContain(`at ${lab.url}.`);
  await using dev = await serving('OrderPipeline-dev');
  const { exitCode, output } = await doctor(undefined);
  expect(output).toContain('No runtime of this project has the stack OrderPipeline: ');
  expect(output).toContain(`${dev.url} has the stack OrderPipeline-dev`);
  expect(exitCode).toBe(1);
});

test('a runtime that was killed is forgotten, and what takes its port is not asked', async () => {
  const killed = await serving('Photos');
  await killed.stop();
  await eventually(
    () => Promise.resolve(readdirSync(folder())),
    (files) => files.length === 0,
  );
  const { exitCode, output } = await doctor('Photos');
  expect(output).toContain('No runtime of this project is there: start one with "npm run local".');
  expect(exitCode).toBe(1);
});

test('an announcement that is stale, or no JSON, is passed over', async () => {
  await using stranger = createServer((_request, response) => response.writeHead(404).end('hello'));
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  mkdirSync(folder(), { recursive: true });
  writeFileSync(join(folder(), '1.json'), JSON.stringify({ endpoint, processId: process.pid }));
  writeFileSync(join(folder(), '2.json'), '{"endpoint":');
  try {
    expect((await doctor('Photos')).output).toContain('No runtime of this project is there');
    await using photos = await serving('Photos');
    expect((await doctor('Photos')).output).toContain(`at ${photos.url}.`);
  } finally {
    rmSync(folder(), { recursive: true });
  }
});

test('a project that cannot be written to is served, and says what to export', async () => {
  writeFileSync(folder(), 'in the way');
  const words = ['--assembly', assemblies, '--port', '0'];
  await using command = new Command(['node', 'bin/local.ts', ...words], { directory: project.directory });
  await command.until(/Ctrl-C stops it/);
  expect(command.output).toContain('"npx orders … --local" cannot find this runtime (EEXIST');
  rmSync(folder());
  expect(existsSync(folder())).toBe(false);
});
