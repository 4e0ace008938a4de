import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { bundleFunction } from '../lib/bundle-function.ts';

const ours = ['process-orders', 'failed-orders', 'generate-orders'] as const;
const demo = ['consumer', 'producer'] as const;

/** `node-https` stands for what no client can do without: Node's own modules for HTTPS and signatures. */
export type BundleName = 'empty' | 'node-https' | (typeof ours)[number] | `demo-${(typeof demo)[number]}`;

/** Bundles all that is compared, each into a folder of `directory`. @returns the file of each that holds its handler */
export function writeBundles(directory: string): Readonly<Record<BundleName, string>> {
  const files: Partial<Record<BundleName, string>> = {
    empty: writeModule(directory, 'empty', 'export const handler = async () => {};'),
    'node-https': writeModule(
      directory,
      'node-https',
      'process.getBuiltinModule("https"); process.getBuiltinModule("crypto"); export const handler = async () => {};',
    ),
  };
  for (const name of ours) {
    bundleFunction(`lambdas/${name}/handler.ts`, join(directory, name));
    files[name] = join(directory, name, 'index.mjs');
  }
  for (const name of demo) {
    const outfile = join(directory, `demo-${name}`, 'index.js');
    // What CDK's NodejsFunction asks of esbuild when its `bundling` says nothing but that the SDK is to be bundled.
    buildSync({
      entryPoints: [fileURLToPath(new URL(`./demo/${name}.ts`, import.meta.url))],
      bundle: true,
      platform: 'node',
      target: 'node24',
      outfile,
    });
    files[`demo-${name}`] = outfile;
  }
  return files as Record<BundleName, string>;
}

function writeModule(directory: string, name: BundleName, code: string): string {
  mkdirSync(join(directory, name));
  const file = join(directory, name, 'index.mjs');
  writeFileSync(file, code);
  return file;
}
