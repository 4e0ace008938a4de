// npm run pack --workspace local-aws [-- FOLDER]: writes local-aws-<version>.tgz, which npm can install anywhere.
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What goes into the archive as it is. */
const copied = ['README.md', 'LICENSE', 'bin', 'docs'];
/** What only means something in this workspace. */
const ofTheWorkspace = ['private', 'scripts', 'devDependencies'];

interface Manifest extends Readonly<Record<string, unknown>> {
  readonly exports: Readonly<Record<string, string>>;
}

/**
 * Writes the package as others install it to `folder`. Below node_modules Node strips no types, so the sources become
 * plain JavaScript, file by file, with declarations beside them: `src/runtime.ts` is `dist/runtime.js` there.
 */
function stage(folder: string): void {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const options = ['--project', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')];
  execFileSync(process.execPath, [tsc, ...options], { stdio: 'inherit' });
  for (const script of globSync('**/*.cjs', { cwd: join(root, 'src') })) {
    cpSync(join(root, 'src', script), join(folder, 'dist', script));
  }
  for (const name of copied) cpSync(join(root, name), join(folder, name), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(published(manifest), undefined, 2)}\n`);
}

/** The manifest of the archive: what leads to the sources leads to what was made of them. */
function published(manifest: Manifest): object {
  const entries = Object.entries(manifest.exports).map(([name, source]) => [
    name,
    source.endsWith('.ts') ? { types: built(source, '.d.ts'), default: built(source, '.js') } : source,
  ]);
  const kept = Object.entries(manifest).filter(([name]) => !ofTheWorkspace.includes(name));
  return { ...Object.fromEntries(kept), exports: Object.fromEntries(entries) as object };
}

function built(source: string, extension: string): string {
  return source.replace('./src/', './dist/').replace(/\.ts$/, extension);
}

const destination = resolve(process.argv[2] ?? '.');
const folder = mkdtempSync(join(tmpdir(), 'local-aws-pack-'));
try {
  stage(folder);
  execFileSync('npm', ['pack', '--loglevel', 'error', '--pack-destination', destination], {
    cwd: folder,
    stdio: 'inherit',
  });
} finally {
  rmSync(folder, { recursive: true });
}
