import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterAll, expect, test } from '@jest/globals';
import { refuseOptionsOfNpm } from '../../../tools/orders/npm-options.ts';
import { defineStart } from '../../../tools/run/start/options.ts';
import { TemporaryFolder } from '../../../tools/run/synthesize.ts';
import { orders } from './collected-io.ts';

const folder = new TemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const projectRoot = fileURLToPath(new URL('../../..', import.meta.url));
/** What npm sets for `npm run orders`, but for the options that it kept. */
const npm = { npm_lifecycle_event: 'orders', npm_package_json: join(folder.path, 'package.json') };
const kept = (flags: string, line: string) =>
  `npm kept ${flags} for itself: options stand behind "--". Nothing was done. Type: ${line}\n`;

test.each<[string, Readonly<Record<string, string>>, string, string]>([
  ['status', { npm_config_json: 'true' }, '--json', 'npm run orders -- status --json'],
  ['status', { npm_config_stack: 'My Stack' }, '--stack', "npm run orders -- status --stack 'My Stack'"],
  [
    'replay',
    { npm_config_all: 'true', npm_config_dry_run: 'true' },
    '--all, --dry-run',
    'npm run orders -- replay --all --dry-run',
  ],
  ['patch', { npm_config_set: '/a=1\n\n/b=x y' }, '--set', "npm run orders -- patch --set /a=1 --set '/b=x y'"],
  ['generate', { npm_config_count: 'true' }, '--count', 'npm run orders -- generate --count VALUE'],
  ['generate 5', { npm_config_count: 'true' }, '--count', 'npm run orders -- generate --count 5'],
])('npm run orders %s with options that npm kept (%j) is refused', async (command, env, flags, line) => {
  const { exitCode, stdout, stderr } = await orders(command.split(' '), { env: { ...npm, ...env } });
  expect(stderr).toBe(kept(flags, line));
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
});

test('npm start --preset=lab is refused, too', () => {
  const program = defineStart({
    presets: ['production', 'lab'],
    stages: ['dev', 'prod', 'lab'],
    doors: ['http', 'fifo'],
  })(new Command());
  const refused = (env: Readonly<Record<string, string>>) => () => refuseOptionsOfNpm('start', program, [], env);
  const env = { npm_lifecycle_event: 'start', npm_config_preset: 'lab' };
  expect(refused(env)).toThrow('Type: npm start -- --preset lab');
  expect(refused({ ...env, npm_lifecycle_event: 'test' })).not.toThrow();
});

test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
  ['stands behind -- as well', ['--json', 'faild'], { npm_config_json: 'true' }],
  ['belongs to another command', ['faild'], { npm_config_yes: 'true' }],
  ['is npm off', ['faild'], { npm_config_json: '' }],
  ['is in the environment on purpose', ['faild'], { npm_config_json: 'true', NPM_CONFIG_JSON: 'true' }],
])('a setting of npm counts for nothing that %s', async (_what, args, env) => {
  expect((await orders(args, { env: { ...npm, ...env } })).stderr).toContain('Did you mean failed?');
});

test.each<[string, Readonly<Record<string, string>>, string, string]>([
  [
    'deploy',
    { npm_config_call: 'stage=dev' },
    '-c',
    'npm run cdk -- deploy -c stage=dev (of several -c, npm knows only the last)',
  ],
  ['deploy stage=dev', { npm_config_context: 'true' }, '--context', 'npm run cdk -- deploy --context stage=dev'],
  ['deploy', { npm_config_profile: 'dev' }, '--profile', 'npm run cdk -- deploy --profile dev'],
  ['synth', { npm_config_loglevel: 'warn' }, '-q', 'npm run cdk -- synth -q'],
  ['synth out', { npm_config_o: 'true' }, '-o', 'npm run cdk -- synth -o out'],
  ['deploy', { npm_config_force: 'true' }, '--force', 'npm run cdk -- deploy --force'],
])('npm run cdk %s without its options (%j) deploys nothing', (args, env, flags, line) => {
  const { status, stdout, stderr } = spawnSync('bin/node24', ['bin/cdk.ts', ...args.split(' ')], {
    cwd: projectRoot,
    env: { PATH: process.env['PATH'], ...npm, npm_lifecycle_event: 'cdk', ...env },
    encoding: 'utf8',
  });
  expect(stderr).toBe(kept(flags, line));
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

test('a setting of a .npmrc counts for nothing', async () => {
  const npmrc = join(folder.path, 'npmrc');
  writeFileSync(npmrc, 'stack = Mine\njson=true\n');
  const env = { ...npm, npm_config_json: 'true', npm_config_stack: 'Mine', npm_config_userconfig: npmrc };
  expect((await orders(['faild'], { env })).stderr).toContain('Did you mean failed?');
});

test('npm run orders generate --local never asks AWS', () => {
  const cache = join(folder.path, 'cache');
  mkdirSync(cache);
  const { status, stderr, stdout } = spawnSync(
    'npm',
    ['run', '--silent', 'orders', 'generate', '--local', '--seed', '7'],
    {
      cwd: projectRoot,
      env: {
        PATH: process.env['PATH'],
        HOME: folder.path,
        npm_config_cache: cache,
        npm_config_update_notifier: 'false',
      },
      encoding: 'utf8',
    },
  );
  expect(stderr).toContain(kept('--seed, --local', 'npm run orders -- generate --seed 7 --local'));
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});
