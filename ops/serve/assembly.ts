import { join, resolve } from 'node:path';
import { projectRoot } from '../project-root.ts';
import { synthesize } from '../synthesize.ts';
import { TemporaryFolder } from '../temporary-folder.ts';
import type { ServeOptions } from './options.ts';

/** What the CDK app is made of: a change in any of these asks for a new synthesis. */
const sources = ['bin/app.ts', 'cdk.json', 'lib', 'lambdas', 'shared'];

/** Where the cloud assembly comes from. */
export interface AssemblySource {
  /** Files and folders whose changes make another assembly. */
  readonly watched: readonly string[];
  /** Calls `use` with the folder of the assembly, which may be gone once `use` has settled. */
  provide<Result>(use: (directory: string) => Promise<Result>): Promise<Result>;
}

/** An assembly that is there already is used as it is; without one, the project's own is synthesized each time. */
export function assemblySource({ assembly, preset }: ServeOptions, signal: AbortSignal): AssemblySource {
  if (assembly !== undefined) {
    // As seen from where npm was called, which is not always the project's folder.
    const directory = resolve(process.env['INIT_CWD'] ?? '.', assembly);
    return { watched: [join(directory, 'manifest.json')], provide: (use) => use(directory) };
  }
  return {
    watched: sources.map((source) => join(projectRoot, source)),
    async provide(use) {
      using folder = new TemporaryFolder();
      const warnings = await synthesize({ outputDirectory: folder.path, context: { preset }, signal });
      for (const warning of warnings) process.stderr.write(`${warning}\n`);
      return await use(folder.path);
    },
  };
}
