import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { readAssembly } from 'local-aws';
import { bundlingOptions } from '../../lib/bundle-function.ts';
import { pipelineNames } from '../../ops/start/pipeline-names.ts';
import { synthesize } from '../../ops/synthesize.ts';

/** Folders with the project's own stack, in the production preset. */
export interface Assemblies {
  readonly withTable: string;
  /** The same, but process-orders writes nothing. */
  readonly withoutTable: string;
}

/** Synthesizes into folders below `directory`. */
export async function synthesizePipelines(directory: string, signal: AbortSignal): Promise<Assemblies> {
  const [withTable, withoutTable] = [join(directory, 'with-table'), join(directory, 'without-table')];
  await synthesize({ outputDirectory: withTable, context: { preset: 'production' }, signal });
  cpSync(withTable, withoutTable, { recursive: true });
  const codeRoot = join(directory, 'code');
  const model = readAssembly(withoutTable, { endpointUrl: 'http://127.0.0.1', codeRoot });
  const { processOrders } = pipelineNames(model);
  const outdir = model.functions.find(({ name }) => name === processOrders)?.codeDirectory;
  if (outdir?.startsWith(withoutTable) !== true) throw new Error(`process-orders has its code in ${outdir}.`);
  rmSync(outdir, { recursive: true });
  const entry = 'bench/pipeline/process-orders-without-table.ts';
  await build({ ...bundlingOptions('lambdas/process-orders/handler.ts'), entryPoints: { index: entry }, outdir });
  return { withTable, withoutTable };
}
