import { buildSync, type Metafile } from 'esbuild';
import { bundlingOptions } from '../../lib/bundle-function.ts';

export const functionNames = [
  'generate-orders',
  'process-orders',
  'failed-orders',
  'accept-orders',
  'track-orders',
  'notify-customers',
] as const;

export type FunctionName = (typeof functionNames)[number];

/** The file that a function's bundle is made from. @param handler `handler-with-events` with `-c events=true` */
export function entryOf(name: FunctionName, handler = 'handler'): string {
  return `lambdas/${name}/${handler}.ts`;
}

/** What esbuild says of a function's bundle: which files it is made of, and what comes from where. */
export function metafileOf(name: FunctionName, handler?: string): Metafile {
  const { entryPoints, external, ...options } = bundlingOptions(entryOf(name, handler));
  return buildSync({
    ...options,
    entryPoints: { ...entryPoints },
    external: [...external],
    write: false,
    metafile: true,
  }).metafile;
}
