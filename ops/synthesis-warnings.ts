import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly artifacts: Readonly<Record<string, { readonly additionalMetadataFile?: string }>>;
}

/** What the CDK notes of each construct, by its path. */
type Metadata = Readonly<Record<string, readonly { readonly type: string; readonly data?: unknown }[]>>;

/** The warnings in an assembly of this project, which the CDK CLI would print, each with the path of its construct. */
export function synthesisWarnings(assembly: string): readonly string[] {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(assembly, file), 'utf8'));
  return Object.values((read('manifest.json') as Manifest).artifacts)
    .flatMap(({ additionalMetadataFile: file }) => (file === undefined ? [] : Object.entries(read(file) as Metadata)))
    .flatMap(([path, entries]) =>
      entries.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => `Warning at ${path}: ${String(data)}`),
    );
}
