import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { readAssembly } from 'local-aws';
import { bundlingOptions } from '../../lib/bundle-function.ts';
import { pipelineNames } from '../run/local-pipeline.ts';
import { projectRoot } from '../run/synthesize.ts';

interface TemplateOfFunctions {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: FunctionProperties }>>;
}

interface FunctionProperties {
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
  Timeout?: number;
}

/**
 * Bundles process-orders anew, with another file in the place of lambdas/process-orders/process.ts.
 *
 * @param assembly folder of the pipeline's cloud assembly
 * @param processing path from the project's folder
 */
export async function replaceProcessing(
  assembly: string,
  processing: string,
  { timeoutSeconds, hasEvents = false }: { readonly timeoutSeconds: number; readonly hasEvents?: boolean },
): Promise<void> {
  const model = readAssembly(assembly, { endpointUrl: 'http://127.0.0.1', codeRoot: join(assembly, 'code') });
  const { processOrders } = pipelineNames(model);
  const fn = model.functions.find(({ name }) => name === processOrders);
  if (fn?.codeDirectory.startsWith(assembly) !== true) throw new Error(`No code of ${processOrders} in ${assembly}.`);
  rmSync(fn.codeDirectory, { recursive: true });
  await build({
    ...bundlingOptions(`lambdas/process-orders/${hasEvents ? 'handler-with-events' : 'handler'}.ts`),
    outdir: fn.codeDirectory,
    plugins: [
      {
        name: 'another processing',
        setup(bundling) {
          bundling.onResolve({ filter: /\/process\.ts$/ }, () => ({ path: resolve(projectRoot, processing) }));
        },
      },
    ],
  });

  const file = join(assembly, 'OrderPipeline.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as TemplateOfFunctions;
  template.Resources[fn.logicalId]!.Properties.Timeout = timeoutSeconds;
  writeFileSync(file, JSON.stringify(template));
}
