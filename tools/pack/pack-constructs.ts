// npm run pack:constructs [-- FOLDER]: writes an archive of the constructs of lib/, which npm can install anywhere.
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = 'lib/constructs.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * Writes the package to `folder`: one CommonJS file with the queue-doctor in it, and declarations. Every app can load
 * CommonJS: an app of ES modules, the app of `cdk init` with tsx or ts-node, and jest without options.
 */
function stage(folder: string): void {
  buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(folder, 'dist/constructs.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['aws-cdk-lib', 'constructs', 'esbuild'],
    // CommonJS has no import.meta.
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: `const importMetaUrl = require('node:url').pathToFileURL(__filename).href;` },
    logLevel: 'warning',
  });
  declareTypes(join(folder, 'types'));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  cpSync(join(root, 'docs/example-stack.md'), join(folder, 'README.md'));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`);
}

/** Declarations, one for each source file. The queue-doctor is no package there: its name becomes a path. */
function declareTypes(folder: string): void {
  const doctor = { 'queue-doctor': 'src/index.ts', 'queue-doctor/cdk': 'src/cdk/queue-doctor.ts' };
  const sources = Object.entries(doctor).map(([name, path]) => [name, join('packages/queue-doctor', path)] as const);
  const config = join(folder, 'tsconfig.json');
  const files = [entry, ...sources.map(([, path]) => path)].map((path) => join(root, path));
  const compilerOptions = {
    // What Node 20 has: a construct that asks for more does not compile.
    lib: ['es2023'],
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: root,
    outDir: folder,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  mkdirSync(folder);
  writeFileSync(config, JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, files, include: [] }));
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', config], {
    stdio: 'inherit',
  });
  rmSync(config);
  for (const file of globSync('**/*.d.ts', { cwd: folder })) {
    const text = sources.reduce(
      (written, [name, path]) => written.replaceAll(`'${name}'`, `'${pathFrom(file, path)}'`),
      readFileSync(join(folder, file), 'utf8'),
    );
    writeFileSync(join(folder, file), text);
  }
}

function pathFrom(file: string, to: string): string {
  const path = relative(dirname(file), to.replace(/\.ts$/, '.js'));
  return path.startsWith('.') ? path : `./${path}`;
}

/** The manifest of the archive. The name is the project's, so that imports are the same there and here. */
function manifest(): object {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const { name, version, license, dependencies, devDependencies } = own;
  return {
    name,
    version,
    license,
    description:
      'CDK constructs: a queue with its dead-letter queue, its consumer, its alarms, and a doctor of settings.',
    engines: { node: '>=20' },
    exports: { './constructs': { types: './types/lib/constructs.d.ts', default: './dist/constructs.js' } },
    dependencies: { esbuild: devDependencies['esbuild'] },
    peerDependencies: {
      'aws-cdk-lib': `^${dependencies['aws-cdk-lib']}`,
      constructs: `^${dependencies['constructs']}`,
    },
  };
}

const destination = resolve(process.argv[2] ?? '.');
const folder = mkdtempSync(join(tmpdir(), 'constructs-pack-'));
try {
  stage(folder);
  const options = ['--loglevel', 'error', '--pack-destination', destination];
  execFileSync('npm', ['pack', ...options], { cwd: folder, stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true });
}
