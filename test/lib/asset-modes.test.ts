import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { PhotoStack } from '../../docs/example-stack.ts';
import { createApp } from '../../lib/order-pipeline-app.ts';
import { newOutputFolder, noOptions } from './synthesize.ts';

interface AssetManifest {
  readonly files: Readonly<
    Record<string, { readonly source: { readonly path?: string; readonly packaging?: string } }>
  >;
}

/** Synthesizes as a deployer does whose new files only the deployer may read. */
function underUmask077<Result>(synthesizeIt: () => Result): Result {
  const before = process.umask(0o077);
  try {
    return synthesizeIt();
  } finally {
    process.umask(before);
  }
}

/**
 * The modes of all files in all zips that the CDK would upload, by file. The CDK's CLI gives a file in the zip the mode
 * that the file has in the cloud assembly (`writeZipFile` of cdk-assets: `mode: stat.mode`), and adds no folders.
 */
function zippedModes(assembly: string): ReadonlyMap<string, string> {
  const folders = globSync('*.assets.json', { cwd: assembly })
    .map((name) => JSON.parse(readFileSync(join(assembly, name), 'utf8')) as AssetManifest)
    .flatMap(({ files }) => Object.values(files))
    .flatMap(({ source }) => (source.packaging === 'zip' ? [join(assembly, source.path!)] : []));
  const files = folders.flatMap((folder) =>
    globSync('**', { cwd: folder, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return new Map(files.map((file) => [file, (statSync(file).mode & 0o777).toString(8)]));
}

// Lambda runs a function as a user of its own, who must be able to read the code (Lambda Developer Guide, "Deployment
// package file permissions").
test.each([
  ['the pipeline', (outdir: string) => createApp({ context: noOptions, outdir }).app.synth()],
  ['the example stack', (outdir: string) => (new PhotoStack(new App({ outdir }), 'Photos').node.root as App).synth()],
] as const)('everybody may read the code of %s, whatever the umask of who deploys', (_, synthesizeInto) => {
  const outdir = newOutputFolder();
  const { stacks } = underUmask077(() => synthesizeInto(outdir));
  const { Resources } = stacks[0]!.template as { readonly Resources: Readonly<Record<string, { Type: string }>> };
  const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const modes = zippedModes(outdir);
  expect([...modes.keys()].filter((file) => file.endsWith('/index.mjs'))).toHaveLength(functions.length);
  expect(new Set(modes.values())).toEqual(new Set(['644']));
});
