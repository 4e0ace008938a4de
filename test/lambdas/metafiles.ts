import { buildSync, type Metafile } from 'esbuild';
import { bundlingOptions, type FunctionName } from '../../lib/bundle-function.ts';

export const functionNames: readonly FunctionName[] = ['generate-orders', 'process-orders', 'failed-orders'];

/** What esbuild says of a function's bundle: which files it is made of, and what comes from where. */
export function metafileOf(name: FunctionName): Metafile {
  const { entryPoints, external, ...options } = bundlingOptions(name);
  return buildSync({
    ...options,
    entryPoints: { ...entryPoints },
    external: [...external],
    write: false,
    metafile: true,
  }).metafile;
}
