import { existsSync, statSync } from 'node:fs';
import { assemblyError } from './error-codes.ts';
import { writeInlineCode } from './inline-code.ts';
import type { DeclaredResource } from './resource-type.ts';

/** The folder with the code of a function: its asset's, or one that inline code is written to. */
export function readFunctionCode({ properties, assets, codeRoot }: DeclaredResource, functionName: string): string {
  const place = properties.placeOf('Code');
  const code = properties.object('Code', [
    'ZipFile',
    'S3Bucket',
    'S3Key',
    'S3ObjectVersion',
    'ImageUri',
    'SourceKMSKeyArn',
  ]);
  if (code === undefined) throw properties.invalid('Code', undefined, 'an asset or inline code');
  if (code.text('ImageUri') !== undefined) {
    throw assemblyError(
      'RUNTIME_UNSUPPORTED',
      'The code is a container image.',
      'Use a zip asset, from NodejsFunction for example.',
      place,
    );
  }
  const inline = code.text('ZipFile');
  if (inline !== undefined) return writeInlineCode(codeRoot, functionName, inline);
  const key = code.requiredText('S3Key');
  const path = assets.get(key);
  if (path === undefined || !existsSync(path)) {
    throw assemblyError(
      'CODE_NOT_FOUND',
      path === undefined ? `No asset of the assembly is published as ${key}.` : `The asset ${path} does not exist.`,
      'Run "cdk synth" without skipping bundling, and let the function use Code.fromAsset or NodejsFunction.',
      place,
    );
  }
  if (statSync(path).isDirectory()) return path;
  throw assemblyError(
    'CODE_NOT_FOUND',
    `The asset ${path} is a file; code is run from a folder.`,
    'Give Code.fromAsset the unpacked folder instead of an archive.',
    place,
  );
}
