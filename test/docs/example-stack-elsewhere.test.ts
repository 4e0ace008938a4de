import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readAssembly } from 'local-aws';
import { projectRoot, TemporaryFolder } from '../../tools/run/synthesize.ts';

const page = readFileSync(join(projectRoot, 'docs/example-stack.md'), 'utf8');
const [, section = ''] = page.split('## In a project of its own');

/** What the page calls `/tmp`. */
let temporary: TemporaryFolder;

beforeAll(() => {
  temporary = new TemporaryFolder();
});

afterAll(() => temporary[Symbol.dispose]());

function block(language: string, number: number): string {
  const blocks = [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))];
  return blocks[number]![1]!.replaceAll('/tmp', temporary.path);
}

const own = (path: string) => join(projectRoot, 'node_modules', path);

/**
 * npm and npx without a network. What the registry would give is linked to what this checkout has; archives are
 * unpacked. tsx makes CommonJS of the app's sources by esbuild, and so does its stand-in.
 */
const commands: Readonly<Record<string, string>> = {
  npm: `
case "$1" in
  run) PATH=\${PATH#*:} exec ${process.execPath} tools/pack/pack-constructs.ts "\${@:4}" ;;
  install)
    mkdir -p node_modules/@types/jest && echo 'declare const test: (name: string, run: () => void) => void;' > node_modules/@types/jest/index.d.ts
    for name in aws-cdk-lib constructs esbuild @types/node; do ln -s ${own('$name')} node_modules/$name; done
    for name in "\${@:2}"; do
      case "$name" in
        *.tgz) tar -xzf "$name" -C node_modules && mv node_modules/package node_modules/order-pipeline ;;
        *) ln -s ${own('$name')} "node_modules/$name" ;;
      esac
    done ;;
esac`,
  npx: `
program=$1; shift
case "$program" in
  aws-cdk) exec ${own('.bin/cdk')} "$@" --generate-only ;;
  cdk | tsc) exec ${own('.bin/$program')} "$@" ;;
  tsx) ${own('.bin/esbuild')} "$1" --bundle --packages=external --platform=node --format=cjs | exec node - ;;
esac`,
};

/** Runs lines as a reader does who pastes them into a shell. */
function paste(lines: string, cwd: string): void {
  const bin = join(temporary.path, 'bin');
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH']}`,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    INIT_CWD: undefined,
  };
  execFileSync('bash', ['-ec', lines], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
}

test('the example works in an app of `cdk init`, whose settings stay as they are', () => {
  mkdirSync(join(temporary.path, 'bin'));
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(temporary.path, 'bin', name), `#!/usr/bin/env bash\n${script.trimStart()}\n`);
    chmodSync(join(temporary.path, 'bin', name), 0o755);
  }
  paste(block('sh', 0), projectRoot);
  const app = join(temporary.path, 'photos');
  const written = join(app, 'bin/photos.ts');
  expect([written, join(app, 'tsconfig.json')].filter((file) => !existsSync(file))).toEqual([]);
  writeFileSync(written, block('ts', 0));
  paste(block('sh', 1), app);
  const model = readAssembly(join(app, 'cdk.out'), { endpointUrl: 'http://127.0.0.1:4566' });
  expect(model.queues.map(({ name }) => name).toSorted()).toEqual(['Photos-failed-photos', 'Photos-photos']);
  expect(model.mappings).toHaveLength(1);
});
