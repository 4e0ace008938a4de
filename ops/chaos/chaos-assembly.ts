import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize } from '../synthesize.ts';

/** Each batch at a time is a process, and starting one is most of what a run costs. Two is the least AWS takes. */
const maximumConcurrency = 3;

interface Resource {
  readonly Type: string;
  readonly Properties: { ScalingConfig?: { readonly MaximumConcurrency: number } };
}

/**
 * The project's own stack, production preset, with one change: fewer batches at a time. Code, batches, attempts,
 * timeouts and policies are those of production.
 */
export async function synthesizeForChaos(folder: string, signal: AbortSignal): Promise<void> {
  await synthesize({ outputDirectory: folder, context: { preset: 'production' }, signal });
  const file = join(folder, 'OrderPipeline.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as { readonly Resources: Readonly<Record<string, Resource>> };
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::Lambda::EventSourceMapping' || Properties.ScalingConfig === undefined) continue;
    const { MaximumConcurrency } = Properties.ScalingConfig;
    Properties.ScalingConfig = { MaximumConcurrency: Math.min(MaximumConcurrency, maximumConcurrency) };
  }
  writeFileSync(file, JSON.stringify(template));
}
